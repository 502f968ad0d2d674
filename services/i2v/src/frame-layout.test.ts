import { expect, it } from "vitest";
import { framesFirst } from "./frame-layout.ts";

it("moves time before channels", () => {
  // Value = 100 channel + 10 frame + pixel.
  const channelsFirst = Float32Array.of(0, 1, 10, 11, 20, 21, 100, 101, 110, 111, 120, 121);
  const frames = framesFirst(channelsFirst, { channels: 2, count: 3, pixels: 2 });
  expect([...frames]).toEqual([0, 1, 100, 101, 10, 11, 110, 111, 20, 21, 120, 121]);
});
