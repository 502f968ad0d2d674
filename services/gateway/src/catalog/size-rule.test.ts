import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { acceptsSize, fitSize, parseSize, type SizeRule, showSize } from "./size-rule.ts";

const rule: SizeRule = { default: { width: 512, height: 512 }, multiple: 64, maxPixels: 1024 * 1024 };
const side = fc.integer({ min: 1, max: 9000 });

describe("sizes", () => {
  it("are multiples within a number of pixels, or the listed ones", () => {
    expect(acceptsSize(rule, { width: 768, height: 512 })).toBe(true);
    expect(acceptsSize(rule, { width: 768, height: 500 })).toBe(false);
    expect(acceptsSize(rule, { width: 2048, height: 1024 })).toBe(false);
    expect(acceptsSize(rule, { width: 0, height: 512 })).toBe(false);
    const listed = { ...rule, only: [{ width: 100, height: 50 }] };
    expect(acceptsSize(listed, { width: 512, height: 512 })).toBe(false);
    expect(acceptsSize(listed, { width: 100, height: 50 })).toBe(true);
  });

  it("come back from their spelling", () => {
    expect(parseSize("768X512")).toEqual({ width: 768, height: 512 });
    for (const text of ["auto", "768", "-1x2", "1e3x5", "768 x 512", "999999x1"])
      expect(parseSize(text)).toBeUndefined();
    expect(showSize({ width: 1, height: 2 })).toBe("1x2");
  });

  it("fit any picture: its own where accepted, otherwise an accepted one of about its aspect", () => {
    fc.assert(
      fc.property(side, side, (width, height) => {
        const fitted = fitSize(rule, { width, height });
        expect(acceptsSize(rule, fitted)).toBe(true);
        if (acceptsSize(rule, { width, height })) expect(fitted).toEqual({ width, height });
      }),
    );
    expect(fitSize(rule, { width: 3000, height: 2000 })).toEqual({ width: 640, height: 448 });
    const only = [
      { width: 512, height: 512 },
      { width: 768, height: 512 },
    ];
    expect(fitSize({ ...rule, only }, { width: 3000, height: 2000 })).toEqual({ width: 768, height: 512 });
  });
});
