import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { keepUnchanged, type Thresholding } from "./keep-unchanged.ts";
import type { RawPicture } from "./raw-picture.ts";

/** Written by training/golden/threshold.py: pictures as base64 of RGB rows. */
interface GoldenCase extends Thresholding {
  readonly width: number;
  readonly height: number;
  readonly source: string;
  readonly edited: string;
  readonly seen: string;
  readonly kept: string;
}

const goldens = JSON.parse(
  readFileSync(new URL("../../fixtures/keep-unchanged.json", import.meta.url), "utf8"),
) as GoldenCase[];

const AS_TRAINED: Thresholding = { alpha: 0.03, lowPass: 9 };

function flat(value: number, { width, height } = { width: 40, height: 30 }): RawPicture {
  return { data: new Uint8Array(width * height * 3).fill(value), width, height };
}

describe("keepUnchanged", () => {
  it.each(goldens)("gives the bytes that training gives, $width x $height", (golden) => {
    const { width, height } = golden;
    const read = (base64: string) => ({ data: Buffer.from(base64, "base64"), width, height });
    const edit = { source: read(golden.source), edited: read(golden.edited), seen: read(golden.seen) };
    expect(Buffer.from(keepUnchanged(edit, golden).data).toString("base64")).toBe(golden.kept);
  });

  it("keeps the source where the box sum is below the limit, and not from there on", () => {
    const source = flat(9);
    // Sums over RGB of 22 and 23 levels make box sums of 1782 and 1863; the limit lies between, at 1858.95.
    for (const [levels, kept] of [
      [22, true],
      [23, false],
    ] as const) {
      const edited = flat(100);
      for (let at = 0; at < edited.data.length; at += 3) edited.data[at] = 100 + levels;
      const made = keepUnchanged({ source, edited, seen: flat(100) }, AS_TRAINED);
      expect(made.data).toEqual(kept ? source.data : edited.data);
    }
  });

  it("leaves its inputs as they are, and refuses pictures of different sizes", () => {
    const source = flat(1);
    const edited = flat(200);
    keepUnchanged({ source, edited, seen: edited }, AS_TRAINED);
    expect([source, edited]).toEqual([flat(1), flat(200)]);
    const small = flat(1, { width: 30, height: 40 });
    expect(() => keepUnchanged({ source: small, edited, seen: edited }, AS_TRAINED)).toThrow(/a bug/);
  });
});
