import { expect, it } from "vitest";
import { firstOfWholeSteps } from "./stable-diffusion.ts";
import { firstOfFractionalSteps } from "./stable-diffusion-3.ts";

// diffusers rounds the steps that are taken down in one class and those that are left out in the other.
it.each([
  [10, 1, 0, 0],
  [10, 0.5, 5, 5],
  [10, 0.35, 7, 6],
  [50, 0.8, 10, 10],
  [3, 0.3, 3, 2],
  [10, 2, 0, 0],
])("of %d steps at strength %d the first is %d, of SD3 %d", (steps, strength, whole, fractional) => {
  expect(firstOfWholeSteps(steps, strength)).toBe(whole);
  expect(firstOfFractionalSteps(steps, strength)).toBe(fractional);
});
