import { expect, it } from "vitest";
import { describeEdits } from "./describe-edits.ts";

const tasks = [
  { name: "recolour", clip_only: false, drawn: true },
  { name: "add", clip_only: false, drawn: true },
  { name: "remove", clip_only: false, drawn: true },
  { name: "camera", clip_only: true, drawn: true },
  { name: "reverse", clip_only: true, drawn: false },
  { name: "loop", clip_only: true, drawn: false },
  { name: "not_understood", clip_only: false, drawn: false },
];

it("names each kind of edit once, and of pictures only what means something there", () => {
  expect(describeEdits(tasks, "picture")).toBe("another colour, things to wear or hold");
  expect(describeEdits(tasks, "clip")).toBe(
    "another colour, things to wear or hold, camera moves, changes of time (slow motion, faster, reverse, loop)",
  );
});
