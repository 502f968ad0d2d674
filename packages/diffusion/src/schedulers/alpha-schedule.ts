import { combine } from "./linear-combination.ts";
import type { Schedule, StepOptions } from "./scheduler.ts";
import { assertIndex } from "./step-order.ts";

const { fround } = Math;

/** One timestep's noise level under the names of Ho et al. (arXiv 2006.11239) and Song et al. (arXiv 2010.02502). */
export interface AlphaLevel {
  /** alpha-bar_t, in float32. */
  readonly alphaProd: number;
  /** 1 - alpha-bar_t. */
  readonly betaProd: number;
  /** sqrt(alpha-bar_t): factor of the clean sample. */
  readonly alpha: number;
  /** sqrt(1 - alpha-bar_t): factor of the noise. */
  readonly sigma: number;
}

/** The level of one alpha-bar, each operation rounded as torch does. */
export function alphaLevel(alphaProd: number): AlphaLevel {
  const betaProd = fround(1 - alphaProd);
  return { alphaProd, betaProd, alpha: fround(Math.sqrt(alphaProd)), sigma: fround(Math.sqrt(betaProd)) };
}

/** The level of timestep `t`; below 0 that of the final alpha-bar. */
export function levelAt(alphasCumprod: Float32Array, t: number, final = 1): AlphaLevel {
  const alphaProd = t < 0 ? final : alphasCumprod[t];
  if (alphaProd === undefined) {
    throw new RangeError(`Timestep ${t} is beyond the ${alphasCumprod.length} of the training.`);
  }
  return alphaLevel(alphaProd);
}

interface AlphaScheduleParts {
  readonly alphasCumprod: Float32Array;
  readonly timesteps: readonly number[];
  readonly numSteps: number;
  readonly step: (options: StepOptions) => Float32Array;
}

/** A schedule over timesteps of the training, whose samples keep unit variance. */
export function createAlphaSchedule(parts: AlphaScheduleParts): Schedule {
  const { alphasCumprod, timesteps, numSteps, step } = parts;
  return {
    timesteps: Float32Array.from(timesteps),
    numSteps,
    initNoiseSigma: 1,
    scaleModelInput: (sample) => sample,
    step,
    addNoise(original, noise, index) {
      assertIndex(index, timesteps.length);
      const { alpha, sigma } = levelAt(alphasCumprod, timesteps[index] as number);
      return combine([alpha, original], [sigma, noise]);
    },
  };
}
