import { describe, expect, it } from "vitest";
import { defaultPicturePath, formatOf, isPicturePath, numberedPath } from "./picture-file.ts";

describe("formatOf", () => {
  it.each([
    [undefined, "png"],
    ["dog", "png"],
    ["a.b/dog.JPG", "jpeg"],
    ["dog.webp", "webp"],
  ])("of %s is %s", (path, format) => expect(formatOf(path)).toBe(format));

  it("refuses what is no picture", () => {
    expect(() => formatOf("dog.mp4")).toThrow("--out ends in .mp4; pictures are .png, .jpg or .webp.");
  });
});

it("tells pictures from clips by their ending", () => {
  expect(["a.png", "a.JPEG", "a.gif", "a.mp4", "video_0", "png"].map(isPicturePath)).toEqual([
    ...[true, true, true, false, false, false],
  ]);
});

it("names files after what was asked for", () => {
  expect(defaultPicturePath("/me", { prompt: "un cane blu", seed: 3n })).toBe("/me/out/un-cane-blu-3.png");
  expect([numberedPath("a/dog.png", 0, 1), numberedPath("a/dog.png", 1, 2)]).toEqual([
    ...["a/dog.png", "a/dog-1.png"],
  ]);
});
