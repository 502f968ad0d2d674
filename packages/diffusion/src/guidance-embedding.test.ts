import { expect, it } from "vitest";
import { embedGuidanceScale } from "./guidance-embedding.ts";

it.each([
  [7.5, [-0.0447847, 0.1101892, 0.9911233, 0.6051863, -0.9989967, 0.9939106, 0.132946, 0.7960839]],
  [1.37, [-0.6502649, -0.529836, 0.0369916, 0.7597075, -0.8481001, 0.9993156, 0]],
])("of %d is diffusers' get_guidance_scale_embedding", (scale, expected) => {
  const embedding = embedGuidanceScale(scale, expected.length);
  for (const [i, value] of expected.entries()) expect(embedding[i]).toBeCloseTo(value, 6);
});
