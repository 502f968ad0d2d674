import { betaQuantile } from "./beta-quantile.ts";
import { linspace, log32 } from "./numpy-math.ts";
import { booleanOption, nullable, numberOption } from "./read-options.ts";

/** rho of Karras et al. */
const RHO = 7;
/** Both parameters of the beta distribution of Lee et al. */
const BETA_SHAPE = 0.6;

/** The options that space sigmas anew; `sigma_min` and `sigma_max` are their ends. */
export const SIGMA_SPACING_OPTIONS = {
  use_karras_sigmas: booleanOption(false),
  use_exponential_sigmas: booleanOption(false),
  use_beta_sigmas: booleanOption(false),
  sigma_min: nullable(numberOption(0)),
  sigma_max: nullable(numberOption(0)),
};

/** The same options, read; under diffusers' names. */
export interface SigmaSpacingOptions {
  readonly use_karras_sigmas: boolean;
  readonly use_exponential_sigmas: boolean;
  readonly use_beta_sigmas: boolean;
  readonly sigma_min?: number | null;
  readonly sigma_max?: number | null;
}

/** Throws an Error if more than one spacing is asked for. */
export function assertOneSpacing(className: string, options: SigmaSpacingOptions): void {
  const names = ["use_karras_sigmas", "use_exponential_sigmas", "use_beta_sigmas"] as const;
  const asked = names.filter((name) => options[name]);
  if (asked.length > 1) throw new Error(`${className}: only one of ${asked.join(" and ")} can be true.`);
}

/** Whether sigmas are spaced anew, so that timesteps cannot be given. */
export function isRespaced(options: SigmaSpacingOptions): boolean {
  return options.use_karras_sigmas || options.use_exponential_sigmas || options.use_beta_sigmas;
}

/** `count` falling sigmas between the ends of `sigmas` as the options space them; undefined if they do not. */
export function respaceSigmas(
  options: SigmaSpacingOptions,
  sigmas: ArrayLike<number>,
  count: number,
): number[] | undefined {
  const max = options.sigma_max ?? (sigmas[0] as number);
  const min = options.sigma_min ?? (sigmas[sigmas.length - 1] as number);
  if (options.use_karras_sigmas) {
    return linspace(0, 1, count).map((ramp) => karrasSigma(max, min, { ramp, rho: RHO }));
  }
  if (options.use_exponential_sigmas) {
    return linspace(Math.log(max), Math.log(min), count).map(Math.exp);
  }
  if (options.use_beta_sigmas) return betaSigmas(max, min, count);
  return undefined;
}

/** The sigma at `ramp` of the way from `max` to `min` (Karras et al., arXiv 2206.00364, eq. 5). */
export function karrasSigma(max: number, min: number, { ramp, rho }: { ramp: number; rho: number }): number {
  const [maxRoot, minRoot] = [max ** (1 / rho), min ** (1 / rho)];
  return (maxRoot + ramp * (minRoot - maxRoot)) ** rho;
}

/** Quantiles of a beta distribution (Lee et al., arXiv 2407.12173). */
function betaSigmas(max: number, min: number, count: number): number[] {
  return linspace(0, 1, count).map((ramp) => min + betaQuantile(1 - ramp, BETA_SHAPE) * (max - min));
}

/** Converts sigmas to timesteps by interpolation in log sigma; `log` is log32 for sigmas that numpy holds in float32. */
export function createSigmaToTimestep(trained: Float32Array, log = Math.log): (sigma: number) => number {
  const logSigmas = trained.map(log32);
  return (sigma) => {
    const logSigma = log(Math.max(sigma, 1e-10));
    const above = logSigmas.findLastIndex((level) => logSigma - level >= 0);
    const low = Math.min(Math.max(above, 0), logSigmas.length - 2);
    const start = logSigmas[low] as number;
    const gap = Math.fround(start - (logSigmas[low + 1] as number));
    const weight = Math.min(Math.max((start - logSigma) / gap, 0), 1);
    return (1 - weight) * low + weight * (low + 1);
  };
}

/** sqrt((1 - alpha-bar) / alpha-bar) of each training timestep, in torch's float32. */
export function trainedSigmas(alphasCumprod: Float32Array): Float32Array {
  const { fround, sqrt } = Math;
  return alphasCumprod.map((alphaProd) => sqrt(fround(fround(1 - alphaProd) / alphaProd)));
}
