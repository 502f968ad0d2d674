import type { DrawNormal } from "./schedulers/scheduler.ts";

const { fround } = Math;

/** Half of a picture's posterior: what an autoencoder's encoder gives. */
interface Posterior {
  readonly mean: Float32Array;
  /** Not yet clamped. */
  readonly logVariance: Float32Array;
}

/** The halves of `latent_parameters` [1, 2C, h, w]. */
function splitPosterior(parameters: Float32Array): Posterior {
  const half = parameters.length / 2;
  return { mean: parameters.subarray(0, half), logVariance: parameters.subarray(half) };
}

/** The likeliest latents [1, C, h, w] of a picture. */
export function posteriorMode(parameters: Float32Array): Float32Array {
  return splitPosterior(parameters).mean.slice();
}

/**
 * Latents [1, C, h, w] drawn for a picture from what its autoencoder says of it, mean and log variance one after
 * another (Kingma and Welling, arXiv 1312.6114, eq. 10), as diffusers' DiagonalGaussianDistribution.
 */
export function samplePosterior(parameters: Float32Array, drawNormal: DrawNormal): Float32Array {
  const { mean, logVariance } = splitPosterior(parameters);
  const noise = drawNormal(mean.length);
  return mean.map((value, i) => {
    const clamped = Math.min(Math.max(logVariance[i] as number, -30), 20);
    return value + fround(fround(Math.exp(fround(0.5 * clamped))) * (noise[i] as number));
  });
}
