const { fround } = Math;

/** One noise level of x = alpha x0 + sigma eps, in float32, under the symbols of Lu et al. (arXiv 2211.01095). */
export interface LogSnrLevel {
  /** The solver's own sigma, of which the other three follow. */
  readonly ratio: number;
  readonly alpha: number;
  readonly sigma: number;
  /** lambda = log alpha - log sigma: half the log of the signal-to-noise ratio. */
  readonly lambda: number;
}

/**
 * The level of one of a solver's sigmas: sigma / alpha of a variance-preserving diffusion, or with flow sigmas the
 * share of the noise itself.
 */
export function logSnrLevel(sigma: number, isFlow: boolean): LogSnrLevel {
  const alpha = isFlow ? fround(1 - sigma) : fround(1 / fround(Math.sqrt(fround(fround(sigma * sigma) + 1))));
  const sigmaT = isFlow ? sigma : fround(sigma * alpha);
  const lambda = fround(fround(Math.log(alpha)) - fround(Math.log(sigmaT)));
  return { ratio: sigma, alpha, sigma: sigmaT, lambda };
}
