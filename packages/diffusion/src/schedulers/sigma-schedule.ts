import { combine } from "./linear-combination.ts";
import { interpolate } from "./numpy-math.ts";
import type { PredictionType } from "./predictions.ts";
import { assertNumSteps, assertTimesteps } from "./request-levels.ts";
import type { ScheduleOptions, SigmaSchedule, StepOptions } from "./scheduler.ts";
import {
  createSigmaToTimestep,
  isRespaced,
  respaceSigmas,
  type SigmaSpacingOptions,
} from "./sigma-conversions.ts";
import { assertIndex } from "./step-order.ts";
import { type SpacingOptions, spacedTimesteps, type TimestepSpacing } from "./timestep-spacing.ts";

const { fround } = Math;

/** Noise levels of a generation and what the network is told at them, in double precision; without the final sigma. */
export interface Levels {
  readonly sigmas: readonly number[];
  readonly timesteps: readonly number[];
}

/**
 * The levels of Euler, ancestral Euler, Heun and LMS: those of the chosen timesteps, or as many spaced anew between
 * the first and the last of them.
 */
export function chooseLevels(
  options: SpacingOptions & SigmaSpacingOptions,
  trained: Float32Array,
  request: ScheduleOptions,
): Levels {
  const timesteps = chooseTimesteps(options, request).map(fround);
  const sigmas = timesteps.map((t) => interpolate(trained, t));
  return respaceLevels(options, trained, { sigmas, timesteps });
}

/** The timesteps of a request, given or spaced, unrounded. */
export function chooseTimesteps(
  options: SpacingOptions & SigmaSpacingOptions,
  request: ScheduleOptions,
): readonly number[] {
  const trained = options.num_train_timesteps;
  if (request.timesteps === undefined)
    return spacedTimesteps(options, assertNumSteps(request.numSteps, trained));
  if (isRespaced(options))
    throw new RangeError("A scheduler that spaces its sigmas anew takes no timesteps.");
  return assertTimesteps(request, trained);
}

/** Levels spaced anew, if the options say so. */
export function respaceLevels(options: SigmaSpacingOptions, trained: Float32Array, levels: Levels): Levels {
  const sigmas = respaceSigmas(options, levels.sigmas, levels.timesteps.length);
  return sigmas === undefined ? levels : { sigmas, timesteps: sigmas.map(createSigmaToTimestep(trained)) };
}

interface SigmaScheduleParts {
  readonly sigmas: Float32Array;
  readonly timesteps: Float32Array;
  readonly numSteps: number;
  readonly spacing: TimestepSpacing;
  readonly step: (options: StepOptions) => Float32Array;
}

/** A schedule of samples x0 + sigma noise, which the network takes scaled to unit variance. */
export function createSigmaSchedule(parts: SigmaScheduleParts): SigmaSchedule {
  const { sigmas, timesteps, numSteps, spacing, step } = parts;
  const sigmaAt = (index: number): number => {
    assertIndex(index, timesteps.length);
    return sigmas[index] as number;
  };
  const max = sigmas.reduce((a, b) => Math.max(a, b));
  return {
    sigmas,
    timesteps,
    numSteps,
    initNoiseSigma: spacing === "leading" ? deviationOf(max) : max,
    scaleModelInput(sample, index) {
      const deviation = deviationOf(sigmaAt(index));
      return sample.map((value) => value / deviation);
    },
    step,
    addNoise: (original, noise, index) => combine([1, original], [sigmaAt(index), noise]),
  };
}

/** sqrt(sigma^2 + 1): standard deviation of x0 + sigma noise. */
function deviationOf(sigma: number): number {
  return fround(Math.sqrt(fround(fround(sigma * sigma) + 1)));
}

interface SigmaPrediction {
  readonly predictionType: Exclude<PredictionType, "flow_prediction">;
  readonly sample: Float32Array;
  readonly modelOutput: Float32Array;
  readonly sigma: number;
}

/** The clean sample x0 that a prediction at x = x0 + sigma eps means. */
export function predictOriginalAtSigma(prediction: SigmaPrediction): Float32Array {
  const { predictionType, sample, modelOutput, sigma } = prediction;
  switch (predictionType) {
    case "epsilon":
      return combine([1, sample], [-sigma, modelOutput]);
    case "v_prediction": {
      const variance = fround(fround(sigma * sigma) + 1);
      const ofOutput = fround(-sigma / fround(Math.sqrt(variance)));
      return modelOutput.map(
        (value, i) => fround(value * ofOutput) + fround((sample[i] as number) / variance),
      );
    }
    case "sample":
      return modelOutput;
  }
}

/** dx/dsigma = (x - x0) / sigma (Karras et al., arXiv 2206.00364, eq. 3). */
export function sigmaDerivative(sample: Float32Array, original: Float32Array, sigma: number): Float32Array {
  const derivative = combine([1, sample], [-1, original]);
  for (let i = 0; i < derivative.length; i++) derivative[i] = (derivative[i] as number) / sigma;
  return derivative;
}
