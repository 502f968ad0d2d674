import { torchLinspace } from "../torch-linspace.ts";
import {
  booleanOption,
  choiceOption,
  integerOption,
  nullable,
  numberOption,
  numbersOption,
  type OptionKind,
  type OptionsOf,
} from "./read-options.ts";

const { fround } = Math;

/** Names of the variance schedules beta_1..beta_T. */
export type BetaSchedule = "linear" | "scaled_linear" | "squaredcos_cap_v2" | "sigmoid" | "exp";

/** The options that fix the betas, with the defaults that most classes share. */
export const BETA_OPTIONS = {
  num_train_timesteps: integerOption(1000, 1),
  beta_start: numberOption(0.0001),
  beta_end: numberOption(0.02),
  beta_schedule: choiceOption("linear", "scaled_linear", "squaredcos_cap_v2") as OptionKind<BetaSchedule>,
  trained_betas: nullable(numbersOption([])),
};

/** `rescale_betas_zero_snr`, for the classes that have it. */
export const ZERO_SNR_OPTION = { rescale_betas_zero_snr: booleanOption(false) };

type BetaOptions = OptionsOf<typeof BETA_OPTIONS> & { readonly rescale_betas_zero_snr?: boolean };

/**
 * The products alpha-bar_t = (1 - beta_1)...(1 - beta_t) of a network's training (Ho et al., arXiv 2006.11239, eq. 4),
 * in torch's float32. Index 0 is the least noisy timestep.
 */
export function trainedAlphas(options: BetaOptions): Float32Array {
  const alphasCumprod = cumprod(trainedBetas(options).map((beta) => 1 - beta));
  return options.rescale_betas_zero_snr === true ? rescaleToZeroSnr(alphasCumprod) : alphasCumprod;
}

/** The same for the classes that divide by sqrt(alpha-bar): with zero terminal SNR the last one is 2^-24, not 0. */
export function trainedAlphasAboveZero(options: BetaOptions): Float32Array {
  const alphasCumprod = trainedAlphas(options);
  if (options.rescale_betas_zero_snr === true) alphasCumprod[alphasCumprod.length - 1] = 2 ** -24;
  return alphasCumprod;
}

function trainedBetas(options: BetaOptions): Float32Array {
  const { num_train_timesteps: count, beta_start: start, beta_end: end } = options;
  if (options.trained_betas !== null) return givenBetas(options.trained_betas, count);
  switch (options.beta_schedule) {
    case "linear":
      return torchLinspace(start, end, count);
    case "scaled_linear":
      return torchLinspace(Math.sqrt(start), Math.sqrt(end), count).map((root) => root * root);
    case "squaredcos_cap_v2":
      return betasOfAlphaBar(count, (t) => Math.cos((((t + 0.008) / 1.008) * Math.PI) / 2) ** 2);
    case "exp":
      return betasOfAlphaBar(count, (t) => Math.exp(t * -12));
    case "sigmoid":
      return torchLinspace(-6, 6, count).map(
        (x) => fround(fround(1 / (1 + Math.exp(-x))) * fround(end - start)) + fround(start),
      );
  }
}

function givenBetas(betas: readonly number[], count: number): Float32Array {
  if (betas.length === count) return Float32Array.from(betas);
  throw new Error(`trained_betas has ${betas.length} values for num_train_timesteps ${count}.`);
}

/** Betas whose products follow a function of t in 0..1 (Nichol and Dhariwal, arXiv 2102.09672, eq. 17). */
function betasOfAlphaBar(count: number, alphaBar: (t: number) => number): Float32Array {
  return Float32Array.from({ length: count }, (_, i) =>
    Math.min(1 - alphaBar((i + 1) / count) / alphaBar(i / count), 0.999),
  );
}

/** torch.cumprod: float32 values of a product that is kept in double precision. */
function cumprod(values: Float32Array): Float32Array {
  let product = 1;
  return values.map((value) => {
    product *= value;
    return product;
  });
}

/**
 * Zero terminal SNR (Lin et al., arXiv 2305.08891, algorithm 1): shifts sqrt(alpha-bar) so that the last one is 0 and
 * scales it so that the first one stays. diffusers goes back to betas and multiplies those again, so do we.
 */
function rescaleToZeroSnr(alphasCumprod: Float32Array): Float32Array {
  const roots = alphasCumprod.map(Math.sqrt);
  const [first, last] = [roots[0] as number, roots.at(-1) as number];
  const scale = fround(first / fround(first - last));
  const rescaled = roots.map((root) => fround(fround(root - last) * scale) ** 2);
  const betas = rescaled.map(
    (alpha, i) => 1 - (i === 0 ? alpha : fround(alpha / (rescaled[i - 1] as number))),
  );
  return cumprod(betas.map((beta) => 1 - beta));
}
