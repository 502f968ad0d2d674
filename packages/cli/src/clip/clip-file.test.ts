import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { defaultClipPath, defaultEditPath, describeTimes, editedPath, slugOf } from "./clip-file.ts";

describe("slugOf", () => {
  it.each([
    ["un cane che corre su una collinetta erbosa", "un-cane-che-corre-su-una-collinetta-erbosa"],
    ["  A RED dog, at night! ", "a-red-dog-at-night"],
    ["perché no? così", "perché-no-così"],
    ["", "clip"],
    ["../../etc/passwd", "etc-passwd"],
    ["日本 の 犬", "日本-の-犬"],
  ])("%j becomes %s", (prompt, slug) => expect(slugOf(prompt)).toBe(slug));

  it("is always one short name of a file", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 300 }), (prompt) => {
        const slug = slugOf(prompt);
        expect(slug.length).toBeGreaterThan(0);
        expect(slug.length).toBeLessThanOrEqual(60);
        expect(slug).not.toMatch(/[/\\.\s\0]/);
      }),
    );
  });
});

it("defaultClipPath holds prompt and seed", () => {
  expect(defaultClipPath("/home/me", { prompt: "a dog", seed: 7n })).toBe("/home/me/out/a-dog-7.mp4");
});

describe("editedPath", () => {
  it.each([
    ["out/a-dog-7.mp4", "Riproponi al rallentatore!", "out/a-dog-7-riproponi-al-rallentatore.mp4"],
    ["clip", "make it snow", "clip-make-it-snow.mp4"],
    ["a.b/c.webm", "slow_motion", "a.b/c-slow-motion.webm"],
  ])("of %s by %j is %s", (path, words, edited) => {
    expect(editedPath(path, words, ".mp4")).toBe(edited);
  });
});

it("defaultEditPath holds source, words and seed", () => {
  const edit = { source: "pics/dog.jpg", words: "Make it red!", seed: 5n, ending: ".png" };
  expect(defaultEditPath("/me", edit)).toBe("/me/out/dog-make-it-red-5.png");
  expect(defaultEditPath("/me", { ...edit, seed: undefined })).toBe("/me/out/dog-make-it-red.png");
});

describe("describeTimes", () => {
  it("splits the time by stage", () => {
    expect(describeTimes({ stageDurations: { animate: 4.04, encode_clip: 1 } }, 6.5)).toBe(
      "6.5 s (animate 4.0, encode_clip 1.0)",
    );
  });

  it("says when everything was there already", () => {
    expect(describeTimes({ stageDurations: {} }, 0.21)).toBe("0.2 s (every stage was done before)");
  });
});
