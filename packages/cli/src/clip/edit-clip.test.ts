import { expect, it } from "vitest";
import { isTemporalTask } from "./edit-clip.ts";

it("tells the name of a change of time from words", () => {
  expect(["slow_motion", "reverse", "slow motion", "", "make it loop"].map(isTemporalTask)).toEqual([
    ...[true, true, false, false, false],
  ]);
});
