import { expect, it } from "vitest";
import { createTorchGenerator } from "./noise.ts";
import { samplePosterior } from "./posterior.ts";

it("draws as torch does from diffusers' DiagonalGaussianDistribution, its variance clamped", () => {
  const parameters = Float32Array.from({ length: 64 }, (_, i) => (i - 40) / 3);
  const { randn } = createTorchGenerator(5);
  const latents = samplePosterior(parameters, randn);
  expect(latents).toHaveLength(32);
  const expected = { 0: -12.8477, 7: -12.216744, 15: -10.845623, 31: 77.741386 };
  for (const [i, value] of Object.entries(expected)) expect(latents[Number(i)]).toBeCloseTo(value, 4);
  expect(latents.reduce((sum, value) => sum + Math.abs(value), 0)).toBeCloseTo(451.1028, 3);
  // Exactly the latents' size was drawn.
  expect(randn(16)[0]).toBeCloseTo(-0.2616684, 6);
});

it("clamps the log variance to -30 and 20", () => {
  const drawn = samplePosterior(Float32Array.of(1, 1, -1e9, 1e9), () => Float32Array.of(1, 1));
  expect(drawn[0]).toBeCloseTo(1, 6);
  expect(drawn[1]).toBeCloseTo(1 + Math.exp(10), 1);
});
