import { describe, expect, it } from "vitest";
import { editedPath, isTemporalTask } from "./edit-clip.ts";

describe("editedPath", () => {
  it.each([
    ["out/a-dog-7.mp4", "Riproponi al rallentatore!", "out/a-dog-7-riproponi-al-rallentatore.mp4"],
    ["clip", "make it snow", "clip-make-it-snow.mp4"],
    ["a.b/c.webm", "slow_motion", "a.b/c-slow-motion.webm"],
  ])("of %s by %j is %s", (path, words, edited) => {
    expect(editedPath(path, words)).toBe(edited);
  });
});

it("tells the name of a change of time from words", () => {
  expect(["slow_motion", "reverse", "slow motion", "", "make it loop"].map(isTemporalTask)).toEqual([
    ...[true, true, false, false, false],
  ]);
});
