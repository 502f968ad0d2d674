import { computeSigmas, dynamicShift, type FlowMatchSigmaOptions } from "./flow-match-sigmas.ts";
import { oneOf, readOptions } from "./read-options.ts";
import type { Schedule, ScheduleOptions, Scheduler, StepOptions } from "./scheduler.ts";

const CLASS_NAME = "FlowMatchEulerDiscreteScheduler";

/** The options of a FlowMatchEulerDiscreteScheduler, under diffusers' names. */
export interface FlowMatchEulerOptions extends FlowMatchSigmaOptions {
  /** What the network gives: the velocity noise - x0, or x0 itself. The second is ours. */
  readonly prediction_type: "flow_prediction" | "sample";
  /** Ours: whether the predicted x0 is clipped to +-clip_sample_range. */
  readonly clip_sample: boolean;
  readonly clip_sample_range: number;
}

/** diffusers' scheduler for flow matching, with what is specific to it. */
export interface FlowMatchEuler extends Scheduler {
  readonly options: FlowMatchEulerOptions;
  /** `mu` for a picture of so many tokens. */
  dynamicShift(imageSeqLen: number): number;
}

const SPEC = {
  defaults: {
    num_train_timesteps: 1000,
    shift: 1,
    use_dynamic_shifting: false,
    base_shift: 0.5,
    max_shift: 1.15,
    base_image_seq_len: 256,
    max_image_seq_len: 4096,
    shift_terminal: 0,
    time_shift_type: "exponential",
    sigma_schedule: "diffusers",
    prediction_type: "flow_prediction",
    clip_sample: false,
    clip_sample_range: 1,
  },
  fixed: {
    invert_sigmas: false,
    stochastic_sampling: false,
    use_karras_sigmas: false,
    use_exponential_sigmas: false,
    use_beta_sigmas: false,
  },
};

/**
 * Flow matching by Euler steps (Esser et al., arXiv 2403.03206; Lipman et al., arXiv 2210.02747), as
 * diffusers' FlowMatchEulerDiscreteScheduler: x_sigma = (1 - sigma) x0 + sigma noise, dx/dsigma = noise - x0.
 * Throws an Error that names an option which is unknown or not supported.
 */
export function createFlowMatchEuler(config: Readonly<Record<string, unknown>>): FlowMatchEuler {
  const options = parseOptions(config);
  return {
    className: CLASS_NAME,
    options,
    dynamicShift: (imageSeqLen) => dynamicShift(imageSeqLen, options),
    createSchedule: (schedule) => createSchedule(options, schedule),
  };
}

function parseOptions(config: Readonly<Record<string, unknown>>): FlowMatchEulerOptions {
  const read = readOptions(CLASS_NAME, config, SPEC);
  return {
    ...read,
    time_shift_type: oneOf(CLASS_NAME, "time_shift_type", read.time_shift_type, ["exponential", "linear"]),
    sigma_schedule: oneOf(CLASS_NAME, "sigma_schedule", read.sigma_schedule, ["diffusers", "linear"]),
    prediction_type: oneOf(CLASS_NAME, "prediction_type", read.prediction_type, [
      "flow_prediction",
      "sample",
    ]),
  };
}

function createSchedule(options: FlowMatchEulerOptions, schedule: ScheduleOptions): Schedule {
  const sigmas = computeSigmas(options, schedule);
  return {
    sigmas,
    timesteps: sigmas.subarray(0, -1).map((sigma) => sigma * options.num_train_timesteps),
    initNoiseSigma: 1,
    scaleModelInput: (sample) => sample,
    step: (step) => eulerStep(options, sigmas, step),
    addNoise(original, noise, index) {
      const sigma = sigmaAt(sigmas, index);
      return original.map((x0, i) => sigma * (noise[i] as number) + (1 - sigma) * x0);
    },
  };
}

function eulerStep(options: FlowMatchEulerOptions, sigmas: Float32Array, step: StepOptions): Float32Array {
  const { sample, modelOutput, index } = step;
  if (modelOutput.length !== sample.length) {
    throw new RangeError(`A step on ${sample.length} values got a prediction of ${modelOutput.length}.`);
  }
  const sigma = sigmaAt(sigmas, index);
  const gap = Math.fround((sigmas[index + 1] as number) - sigma);
  const derivative = createDerivative(options, sigma);
  return sample.map((x, i) => x + Math.fround(gap * derivative(x, modelOutput[i] as number)));
}

function sigmaAt(sigmas: Float32Array, index: number): number {
  const sigma = sigmas[index];
  if (sigma === undefined || index === sigmas.length - 1) {
    throw new RangeError(`There is no step ${index}; the last one is ${sigmas.length - 2}.`);
  }
  return sigma;
}

/** dx/dsigma from one value of the sample and of the prediction. */
function createDerivative(
  options: FlowMatchEulerOptions,
  sigma: number,
): (x: number, predicted: number) => number {
  const isSample = options.prediction_type === "sample";
  if (!isSample && !options.clip_sample) return (_, velocity) => velocity;
  const range = options.clip_sample ? options.clip_sample_range : Number.POSITIVE_INFINITY;
  return (x, predicted) => {
    const x0 = isSample ? predicted : x - sigma * predicted;
    return Math.fround((x - Math.min(Math.max(x0, -range), range)) / sigma);
  };
}
