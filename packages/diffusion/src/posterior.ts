import type { DrawNormal } from "./schedulers/scheduler.ts";

const { fround } = Math;

/**
 * Latents [1, C, h, w] drawn for a picture from what its autoencoder says of it, mean and log variance one after
 * another (Kingma and Welling, arXiv 1312.6114, eq. 10), as diffusers' DiagonalGaussianDistribution.
 */
export function samplePosterior(parameters: Float32Array, drawNormal: DrawNormal): Float32Array {
  const half = parameters.length / 2;
  const [mean, logVariance] = [parameters.subarray(0, half), parameters.subarray(half)];
  const noise = drawNormal(mean.length);
  return mean.map((value, i) => {
    const clamped = Math.min(Math.max(logVariance[i] as number, -30), 20);
    return value + fround(fround(Math.exp(fround(0.5 * clamped))) * (noise[i] as number));
  });
}
