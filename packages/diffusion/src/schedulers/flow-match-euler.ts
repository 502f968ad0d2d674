import { computeSigmas, type FlowMatchSigmaOptions } from "./flow-match-sigmas.ts";
import { dynamicShift } from "./flow-shift.ts";
import { combine } from "./linear-combination.ts";
import { predictOriginal } from "./predictions.ts";
import { booleanOption, choiceOption, integerOption, numberOption, readOptions } from "./read-options.ts";
import { assertChoices, requestNoise } from "./request-levels.ts";
import type {
  ScheduleOptions,
  Scheduler,
  SigmaSchedule,
  StepOptions,
  StochasticLevels,
} from "./scheduler.ts";
import { assertOneSpacing } from "./sigma-conversions.ts";
import { assertIndex, assertStep } from "./step-order.ts";

const CLASS_NAME = "FlowMatchEulerDiscreteScheduler";

/** The options of a FlowMatchEulerDiscreteScheduler, under diffusers' names. */
export interface FlowMatchEulerOptions extends FlowMatchSigmaOptions {
  /** Whether each step draws new noise in place of following the velocity. */
  readonly stochastic_sampling: boolean;
  /** What the network gives: the velocity noise - x0, or x0 itself. The second is ours. */
  readonly prediction_type: "flow_prediction" | "sample";
  /** Ours: whether the predicted x0 is clipped to +-clip_sample_range. */
  readonly clip_sample: boolean;
  readonly clip_sample_range: number;
}

/** diffusers' scheduler for flow matching, with what is specific to it. */
export interface FlowMatchEuler extends Scheduler<SigmaSchedule> {
  readonly options: FlowMatchEulerOptions;
}

const OPTIONS = {
  num_train_timesteps: integerOption(1000, 1),
  shift: numberOption(1),
  use_dynamic_shifting: booleanOption(false),
  base_shift: numberOption(0.5),
  max_shift: numberOption(1.15),
  base_image_seq_len: integerOption(256),
  max_image_seq_len: integerOption(4096),
  invert_sigmas: booleanOption(false),
  shift_terminal: numberOption(0),
  use_karras_sigmas: booleanOption(false),
  use_exponential_sigmas: booleanOption(false),
  use_beta_sigmas: booleanOption(false),
  time_shift_type: choiceOption("exponential", "linear"),
  stochastic_sampling: booleanOption(false),
  sigma_schedule: choiceOption("diffusers", "linear"),
  prediction_type: choiceOption("flow_prediction", "sample"),
  clip_sample: booleanOption(false),
  clip_sample_range: numberOption(1),
};

const ALL_LEVELS: StochasticLevels = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
const NO_LEVELS: StochasticLevels = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];

/**
 * Flow matching by Euler steps (Esser et al., arXiv 2403.03206; Lipman et al., arXiv 2210.02747), as
 * diffusers' FlowMatchEulerDiscreteScheduler: x_sigma = (1 - sigma) x0 + sigma noise, dx/dsigma = noise - x0.
 * Throws an Error that names an option which is unknown or not supported.
 */
export function createFlowMatchEuler(config: Readonly<Record<string, unknown>>): FlowMatchEuler {
  const options = readOptions(CLASS_NAME, config, OPTIONS);
  assertOneSpacing(CLASS_NAME, options);
  return {
    className: CLASS_NAME,
    order: 1,
    options,
    ...(options.use_dynamic_shifting && { dynamicShift: (tokens) => dynamicShift(tokens, options) }),
    createSchedule: (schedule) => createSchedule(options, schedule),
  };
}

function createSchedule(options: FlowMatchEulerOptions, request: ScheduleOptions): SigmaSchedule {
  assertChoices(CLASS_NAME, request, ["sigmas", "mu"]);
  const sigmas = computeSigmas(options, request);
  const count = sigmas.length - 1;
  const always = options.stochastic_sampling ? ALL_LEVELS : NO_LEVELS;
  const [lowest, highest] = request.stochasticLevels ?? always;
  return {
    sigmas,
    timesteps: sigmas.subarray(0, -1).map((sigma) => sigma * options.num_train_timesteps),
    numSteps: count,
    initNoiseSigma: 1,
    scaleModelInput: (sample) => sample,
    step(step) {
      assertStep(step, count);
      const next = sigmas[step.index + 1] as number;
      const sigma = sigmas[step.index] as number;
      if (next >= lowest && sigma <= highest) return renoise(options, { step, request, sigmas });
      if (options.prediction_type === "flow_prediction" && !options.clip_sample) {
        return combine([1, step.sample], [next - sigma, step.modelOutput]);
      }
      const { sample } = step;
      const range = options.clip_sample ? options.clip_sample_range : Number.POSITIVE_INFINITY;
      return towards(predictedOriginal(options, step, sigma), sample, { range, sigma, next });
    },
    addNoise(original, noise, index) {
      assertIndex(index, count);
      const sigma = sigmas[index] as number;
      return combine([sigma, noise], [1 - sigma, original]);
    },
  };
}

interface Renoise {
  readonly step: StepOptions;
  readonly request: ScheduleOptions;
  readonly sigmas: Float32Array;
}

/** To the predicted x0, and with new noise up to the next level. */
function renoise(options: FlowMatchEulerOptions, { step, request, sigmas }: Renoise): Float32Array {
  const next = sigmas[step.index + 1] as number;
  const x0 = originalOf(options, step, sigmas[step.index] as number);
  return combine([1 - next, x0], [next, requestNoise(CLASS_NAME, request)(x0.length)]);
}

/** From noise level `sigma` to `next` on the straight line to x0 within +-range: rounded to float32, in one pass. */
function towards(
  x0: Float32Array,
  sample: Float32Array,
  { range, sigma, next }: { readonly range: number; readonly sigma: number; readonly next: number },
): Float32Array {
  const { fround } = Math;
  const distance = fround(next - sigma);
  const moved = new Float32Array(sample.length);
  for (let i = 0; i < moved.length; i++) {
    const from = sample[i] as number;
    const velocity = fround(fround(from - clip(x0[i] as number, range)) / sigma);
    moved[i] = from + fround(distance * velocity);
  }
  return moved;
}

/** The predicted x0, clipped if the options say so. */
function originalOf(options: FlowMatchEulerOptions, step: StepOptions, sigma: number): Float32Array {
  const x0 = predictedOriginal(options, step, sigma);
  return options.clip_sample ? x0.map((value) => clip(value, options.clip_sample_range)) : x0;
}

function predictedOriginal(options: FlowMatchEulerOptions, step: StepOptions, sigma: number): Float32Array {
  return predictOriginal({ ...step, predictionType: options.prediction_type, alpha: 1 - sigma, sigma });
}

function clip(value: number, range: number): number {
  return value > range ? range : value < -range ? -range : value;
}
