import { createAlphaSchedule, levelAt } from "./alpha-schedule.ts";
import { clipOriginal, THRESHOLD_OPTIONS } from "./clip-original.ts";
import { COMPATIBLE_OPTIONS } from "./compatible-options.ts";
import { combine } from "./linear-combination.ts";
import { predictNoise, predictOriginal } from "./predictions.ts";
import { booleanOption, choiceOption, numberOption, type OptionsOf, readOptions } from "./read-options.ts";
import { assertChoices, assertNumSteps, requestNoise } from "./request-levels.ts";
import type { Schedule, ScheduleOptions, Scheduler, StepOptions } from "./scheduler.ts";
import { assertStep } from "./step-order.ts";
import { LEADING_OPTIONS, wholeTimesteps } from "./timestep-spacing.ts";
import { BETA_OPTIONS, trainedAlphas, ZERO_SNR_OPTION } from "./trained-alphas.ts";

const CLASS_NAME = "DDIMScheduler";
const { fround } = Math;

const OPTIONS = {
  ...BETA_OPTIONS,
  ...ZERO_SNR_OPTION,
  ...THRESHOLD_OPTIONS,
  ...LEADING_OPTIONS,
  clip_sample: booleanOption(true),
  clip_sample_range: numberOption(1),
  set_alpha_to_one: booleanOption(true),
  prediction_type: choiceOption("epsilon", "v_prediction", "sample"),
};

interface Context {
  readonly options: OptionsOf<typeof OPTIONS>;
  readonly alphasCumprod: Float32Array;
}

/**
 * Denoising diffusion implicit models (Song et al., arXiv 2010.02502), as diffusers' DDIMScheduler.
 * Throws an Error that names an option which is unknown or not supported.
 */
export function createDdim(config: Readonly<Record<string, unknown>>): Scheduler {
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
  assertChoices(CLASS_NAME, request, []);
  const numSteps = assertNumSteps(request.numSteps, options.num_train_timesteps);
  const timesteps = wholeTimesteps(options, numSteps);
  return createAlphaSchedule({
    alphasCumprod,
    timesteps,
    numSteps,
    step(step) {
      assertStep(step, timesteps.length);
      const t = timesteps[step.index] as number;
      // The step below t on an even grid, which need not be the next timestep.
      const previous = t - Math.floor(options.num_train_timesteps / numSteps);
      return ddimStep(context, { step, request, t, previous });
    },
  });
}

interface DdimStep {
  readonly step: StepOptions;
  readonly request: ScheduleOptions;
  readonly t: number;
  readonly previous: number;
}

/** Equation 12, with a clipped x0 and the noise as predicted. */
function ddimStep(
  { options, alphasCumprod }: Context,
  { step, request, t, previous }: DdimStep,
): Float32Array {
  const now = levelAt(alphasCumprod, t);
  const next = levelAt(alphasCumprod, previous, options.set_alpha_to_one ? 1 : alphasCumprod[0]);
  const { alpha, sigma } = now;
  const prediction = { ...step, predictionType: options.prediction_type, alpha, sigma };
  const x0 = clipOriginal(predictOriginal(prediction), options, request.batchSize);
  const { eta = 0 } = request;
  const deviation = fround(fround(eta) * fround(Math.sqrt(ddimVariance(now, next))));
  const direction = fround(Math.sqrt(fround(fround(1 - next.alphaProd) - fround(deviation * deviation))));
  const sample = combine([next.alpha, x0], [direction, predictNoise(prediction)]);
  if (eta <= 0) return sample;
  return combine([1, sample], [deviation, requestNoise(CLASS_NAME, request)(sample.length)]);
}

type Level = ReturnType<typeof levelAt>;

/** sigma_t^2 of equation 16 at eta 1. */
export function ddimVariance(now: Level, next: Level): number {
  const ratio = fround(next.betaProd / now.betaProd);
  return fround(ratio * fround(1 - fround(now.alphaProd / next.alphaProd)));
}
