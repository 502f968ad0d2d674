import { COMPATIBLE_OPTIONS } from "./compatible-options.ts";
import { combine } from "./linear-combination.ts";
import {
  booleanOption,
  choiceOption,
  numberOption,
  type OptionKind,
  type OptionsOf,
  readOptions,
} from "./read-options.ts";
import { assertChoices } from "./request-levels.ts";
import type { ScheduleOptions, Scheduler, SigmaSchedule, StepOptions } from "./scheduler.ts";
import { assertOneSpacing, SIGMA_SPACING_OPTIONS, trainedSigmas } from "./sigma-conversions.ts";
import {
  chooseLevels,
  createSigmaSchedule,
  predictOriginalAtSigma,
  sigmaDerivative,
} from "./sigma-schedule.ts";
import { inOrder } from "./step-order.ts";
import { LINSPACE_OPTIONS } from "./timestep-spacing.ts";
import { BETA_OPTIONS, type BetaSchedule, trainedAlphas } from "./trained-alphas.ts";

const CLASS_NAME = "HeunDiscreteScheduler";

const BETA_SCHEDULES: OptionKind<BetaSchedule> = choiceOption(
  "linear",
  "scaled_linear",
  "squaredcos_cap_v2",
  "exp",
);

const OPTIONS = {
  ...BETA_OPTIONS,
  ...LINSPACE_OPTIONS,
  ...SIGMA_SPACING_OPTIONS,
  beta_start: numberOption(0.00085),
  beta_end: numberOption(0.012),
  beta_schedule: BETA_SCHEDULES,
  prediction_type: choiceOption("epsilon", "v_prediction", "sample"),
  clip_sample: booleanOption(false),
  clip_sample_range: numberOption(1),
};

type Options = OptionsOf<typeof OPTIONS>;

/**
 * Heun's second-order steps (Karras et al., arXiv 2206.00364, algorithm 1), as diffusers' HeunDiscreteScheduler: two
 * network calls for each step but the last. Throws an Error that names an option which is unknown or not supported.
 */
export function createHeun(config: Readonly<Record<string, unknown>>): Scheduler<SigmaSchedule> {
  const options = readOptions(CLASS_NAME, config, OPTIONS, COMPATIBLE_OPTIONS);
  assertOneSpacing(CLASS_NAME, options);
  const trained = trainedSigmas(trainedAlphas(options));
  return {
    className: CLASS_NAME,
    order: 2,
    createSchedule: (request) => createSchedule(options, trained, request),
  };
}

function createSchedule(options: Options, trained: Float32Array, request: ScheduleOptions): SigmaSchedule {
  assertChoices(CLASS_NAME, request, ["timesteps"]);
  const levels = chooseLevels(options, trained, request);
  const twice = (values: readonly number[]): number[] =>
    values.flatMap((value, i) => (i === 0 ? [value] : [value, value]));
  const sigmas = Float32Array.of(...twice(levels.sigmas), 0);
  const timesteps = Float32Array.from(twice(levels.timesteps));
  return createSigmaSchedule({
    sigmas,
    timesteps,
    numSteps: levels.timesteps.length,
    spacing: options.timestep_spacing,
    step: inOrder(timesteps.length, createHeunStep(options, sigmas)),
  });
}

/** What the first half of a step leaves for its second. */
interface FirstHalf {
  readonly sample: Float32Array;
  readonly derivative: Float32Array;
  readonly dt: number;
}

function createHeunStep(options: Options, sigmas: Float32Array): (step: StepOptions) => Float32Array {
  let first: FirstHalf | undefined;
  return ({ sample, modelOutput, index }) => {
    const sigma = sigmas[index] as number;
    const predictionType = options.prediction_type;
    const x0 = clip(predictOriginalAtSigma({ predictionType, sample, modelOutput, sigma }), options);
    const derivative = sigmaDerivative(sample, x0, sigma);
    if (first === undefined) {
      const dt = Math.fround((sigmas[index + 1] as number) - sigma);
      first = { sample, derivative, dt };
      return combine([1, sample], [dt, derivative]);
    }
    const mean = combine([1, first.derivative], [1, derivative]).map((value) => value / 2);
    const stepped = combine([1, first.sample], [first.dt, mean]);
    first = undefined;
    return stepped;
  };
}

function clip(original: Float32Array, { clip_sample, clip_sample_range }: Options): Float32Array {
  const range = Math.fround(clip_sample_range);
  return clip_sample ? original.map((value) => Math.min(Math.max(value, -range), range)) : original;
}
