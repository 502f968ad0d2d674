import { describe, expect, it } from "vitest";
import { guide, guideEdit } from "./guidance.ts";

const unconditional = Float32Array.of(0, 1, -2);
const image = Float32Array.of(1, 1, 0);
const full = Float32Array.of(3, -1, 1);

describe("guide", () => {
  it("moves from the unconditional prediction past the conditional one", () => {
    expect(guide(unconditional, full, 2)).toEqual(Float32Array.of(6, -3, 4));
  });

  it("is the conditional prediction at scale 1 and the unconditional one at 0", () => {
    expect(guide(unconditional, full, 1)).toEqual(full);
    expect(guide(unconditional, full, 0)).toEqual(unconditional);
  });

  it("refuses predictions of different sizes", () => {
    expect(() => guide(unconditional, Float32Array.of(1), 2)).toThrow(/3 and 1/);
  });
});

describe("guideEdit", () => {
  it("weighs picture and words apart", () => {
    const guided = guideEdit({ unconditional, image, full }, { imageScale: 1.5, textScale: 4 });
    expect(guided).toEqual(Float32Array.of(9.5, -7, 5));
  });

  it("is the full prediction when both scales are 1", () => {
    expect(guideEdit({ unconditional, image, full }, { imageScale: 1, textScale: 1 })).toEqual(full);
  });

  it("refuses predictions of different sizes", () => {
    const predictions = { unconditional, image, full: Float32Array.of(1) };
    expect(() => guideEdit(predictions, { imageScale: 1, textScale: 1 })).toThrow(RangeError);
  });
});
