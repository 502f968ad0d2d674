import { type AlphaLevel, createAlphaSchedule, levelAt } from "./alpha-schedule.ts";
import { clipOriginal, THRESHOLD_OPTIONS } from "./clip-original.ts";
import { COMPATIBLE_OPTIONS } from "./compatible-options.ts";
import { combine } from "./linear-combination.ts";
import { predictOriginal } from "./predictions.ts";
import {
  booleanOption,
  choiceOption,
  numberOption,
  type OptionKind,
  type OptionsOf,
  readOptions,
} from "./read-options.ts";
import { assertChoices, assertNumSteps, assertTimesteps, requestNoise } from "./request-levels.ts";
import type { Schedule, ScheduleOptions, Scheduler, StepOptions } from "./scheduler.ts";
import { assertIndex, assertStep } from "./step-order.ts";
import { LEADING_OPTIONS, wholeTimesteps } from "./timestep-spacing.ts";
import { BETA_OPTIONS, type BetaSchedule, trainedAlphas, ZERO_SNR_OPTION } from "./trained-alphas.ts";

const CLASS_NAME = "DDPMScheduler";
const { fround } = Math;

const BETA_SCHEDULES: OptionKind<BetaSchedule> = choiceOption(
  "linear",
  "scaled_linear",
  "squaredcos_cap_v2",
  "sigmoid",
);

const OPTIONS = {
  ...BETA_OPTIONS,
  ...ZERO_SNR_OPTION,
  ...THRESHOLD_OPTIONS,
  ...LEADING_OPTIONS,
  beta_schedule: BETA_SCHEDULES,
  clip_sample: booleanOption(true),
  clip_sample_range: numberOption(1),
  // diffusers' sixth, fixed_large_log, takes the root of a negative number there.
  variance_type: choiceOption("fixed_small", "fixed_small_log", "fixed_large", "learned", "learned_range"),
  prediction_type: choiceOption("epsilon", "v_prediction", "sample"),
};

interface Context {
  readonly options: OptionsOf<typeof OPTIONS>;
  readonly alphasCumprod: Float32Array;
}

/**
 * Denoising diffusion probabilistic models (Ho et al., arXiv 2006.11239), as diffusers' DDPMScheduler.
 * Throws an Error that names an option which is unknown or not supported.
 */
export function createDdpm(config: Readonly<Record<string, unknown>>): Scheduler {
  const options = readOptions(CLASS_NAME, config, OPTIONS, COMPATIBLE_OPTIONS);
  const context = { options, alphasCumprod: trainedAlphas(options) };
  return {
    className: CLASS_NAME,
    order: 1,
    createSchedule: (request) => createSchedule(context, request),
  };
}

function createSchedule(context: Context, request: ScheduleOptions): Schedule {
  const { options, alphasCumprod } = context;
  assertChoices(CLASS_NAME, request, ["timesteps"]);
  const trained = options.num_train_timesteps;
  const timesteps =
    request.timesteps === undefined
      ? wholeTimesteps(options, assertNumSteps(request.numSteps, trained))
      : assertTimesteps(request, trained);
  return createAlphaSchedule({
    alphasCumprod,
    timesteps,
    numSteps: timesteps.length,
    step(given) {
      const [step, predictedVariance] = splitVariance(options.variance_type, given, request.batchSize);
      assertIndex(step.index, timesteps.length);
      assertStep(step, timesteps.length);
      const t = timesteps[step.index] as number;
      const now = levelAt(alphasCumprod, t);
      const next = levelAt(alphasCumprod, timesteps[step.index + 1] ?? -1);
      const mean = posteriorMean({ options, request, step }, now, next);
      if (t <= 0) return mean;
      const noise = requestNoise(CLASS_NAME, request)(mean.length);
      const deviation = createDeviation(options.variance_type, { now, next, predictedVariance });
      return mean.map((value, i) => value + fround(deviation(i) * (noise[i] as number)));
    },
  });
}

interface MeanOptions {
  readonly options: Context["options"];
  readonly request: ScheduleOptions;
  readonly step: StepOptions;
}

/** Equation 7, the mean of x_{t-1} given x_t and the predicted x0. */
function posteriorMean(
  { options, request, step }: MeanOptions,
  now: AlphaLevel,
  next: AlphaLevel,
): Float32Array {
  const { alpha, sigma } = now;
  const prediction = { ...step, predictionType: options.prediction_type, alpha, sigma };
  const x0 = clipOriginal(predictOriginal(prediction), options, request.batchSize);
  const alphaT = fround(now.alphaProd / next.alphaProd);
  const betaT = fround(1 - alphaT);
  const ofOriginal = fround(fround(next.alpha * betaT) / now.betaProd);
  const ofSample = fround(fround(fround(Math.sqrt(alphaT)) * next.betaProd) / now.betaProd);
  return combine([ofOriginal, x0], [ofSample, step.sample]);
}

/** The variance that equation 7's posterior has; never below 1e-20. */
export function ddpmVariance(now: AlphaLevel, next: AlphaLevel): number {
  const betaT = fround(1 - fround(now.alphaProd / next.alphaProd));
  return Math.max(fround(fround(next.betaProd / now.betaProd) * betaT), fround(1e-20));
}

interface DeviationOptions {
  readonly now: AlphaLevel;
  readonly next: AlphaLevel;
  readonly predictedVariance: Float32Array | undefined;
}

/** The standard deviation of value `i`; learned ones as in Nichol and Dhariwal (arXiv 2102.09672, eq. 15). */
function createDeviation(
  varianceType: Context["options"]["variance_type"],
  { now, next, predictedVariance }: DeviationOptions,
): (i: number) => number {
  const small = ddpmVariance(now, next);
  const betaT = fround(1 - fround(now.alphaProd / next.alphaProd));
  const predicted = (i: number): number => predictedVariance?.[i] ?? Number.NaN;
  switch (varianceType) {
    case "fixed_small":
      return () => fround(Math.sqrt(small));
    case "fixed_small_log":
      return () => fround(Math.exp(fround(0.5 * fround(Math.log(small)))));
    case "fixed_large":
      return () => fround(Math.sqrt(betaT));
    case "learned":
      return (i) => fround(Math.sqrt(predicted(i)));
    case "learned_range": {
      const [minLog, maxLog] = [fround(Math.log(small)), fround(Math.log(betaT))];
      return (i) => {
        const v = fround(fround(predicted(i) + 1) / 2);
        const log = fround(fround(v * maxLog) + fround(fround(1 - v) * minLog));
        return fround(Math.exp(fround(0.5 * log)));
      };
    }
  }
}

/** Networks that learn the variance give it in a second half of each sample's channels. */
function splitVariance(
  varianceType: Context["options"]["variance_type"],
  step: StepOptions,
  batchSize = 1,
): [StepOptions, Float32Array | undefined] {
  if (varianceType !== "learned" && varianceType !== "learned_range") return [step, undefined];
  const { modelOutput, sample } = step;
  if (modelOutput.length !== 2 * sample.length) {
    throw new RangeError(
      `variance_type ${varianceType} needs a prediction of ${2 * sample.length} values, got ${modelOutput.length}.`,
    );
  }
  const size = sample.length / batchSize;
  const half = (which: 0 | 1): Float32Array =>
    sample.map((_, i) => modelOutput[(2 * Math.floor(i / size) + which) * size + (i % size)] as number);
  return [{ ...step, modelOutput: half(0) }, half(1)];
}
