import { createAlphaSchedule, levelAt } from "./alpha-schedule.ts";
import { clipOriginal, THRESHOLD_OPTIONS } from "./clip-original.ts";
import { COMPATIBLE_OPTIONS } from "./compatible-options.ts";
import { type DistilledTimesteps, distilledGrid, givenTimesteps, pickTimesteps } from "./lcm-timesteps.ts";
import { combine } from "./linear-combination.ts";
import { predictOriginal } from "./predictions.ts";
import {
  booleanOption,
  choiceOption,
  integerOption,
  numberOption,
  type OptionKind,
  type OptionsOf,
  readOptions,
} from "./read-options.ts";
import { assertChoices, requestNoise } from "./request-levels.ts";
import type { Schedule, ScheduleOptions, Scheduler } from "./scheduler.ts";
import { assertStep } from "./step-order.ts";
import { LEADING_OPTIONS } from "./timestep-spacing.ts";
import { BETA_OPTIONS, type BetaSchedule, trainedAlphas, ZERO_SNR_OPTION } from "./trained-alphas.ts";

const CLASS_NAME = "LCMScheduler";
const SIGMA_DATA = 0.5;
const { fround } = Math;

const BETA_SCHEDULES: OptionKind<BetaSchedule> = choiceOption("scaled_linear", "linear", "squaredcos_cap_v2");

/** The options of LCMScheduler and TCDScheduler. Of `timestep_spacing` and `steps_offset` neither makes use. */
export const DISTILLED_OPTIONS = {
  ...BETA_OPTIONS,
  ...ZERO_SNR_OPTION,
  ...THRESHOLD_OPTIONS,
  ...LEADING_OPTIONS,
  beta_start: numberOption(0.00085),
  beta_end: numberOption(0.012),
  beta_schedule: BETA_SCHEDULES,
  original_inference_steps: integerOption(50, 1),
  clip_sample: booleanOption(false),
  clip_sample_range: numberOption(1),
  set_alpha_to_one: booleanOption(true),
  prediction_type: choiceOption("epsilon", "v_prediction", "sample"),
  timestep_scaling: numberOption(10),
};

interface Context {
  readonly options: OptionsOf<typeof DISTILLED_OPTIONS>;
  readonly alphasCumprod: Float32Array;
}

/**
 * Latent consistency models' multistep sampling (Luo et al., arXiv 2310.04378, algorithm 3), as diffusers' LCMScheduler.
 * Throws an Error that names an option which is unknown or not supported.
 */
export function createLcm(config: Readonly<Record<string, unknown>>): Scheduler {
  const options = readOptions(CLASS_NAME, config, DISTILLED_OPTIONS, COMPATIBLE_OPTIONS);
  const context = { options, alphasCumprod: trainedAlphas(options) };
  return {
    className: CLASS_NAME,
    order: 1,
    createSchedule: (request) => createSchedule(context, request),
  };
}

function createSchedule(context: Context, request: ScheduleOptions): Schedule {
  const { options, alphasCumprod } = context;
  const { timesteps, lastIndex } = chooseTimesteps(options, request);
  return createAlphaSchedule({
    alphasCumprod,
    timesteps,
    numSteps: timesteps.length,
    step(step) {
      assertStep(step, timesteps.length);
      const { index, sample } = step;
      const t = timesteps[index] as number;
      const { alpha, sigma } = levelAt(alphasCumprod, t);
      const prediction = { ...step, predictionType: options.prediction_type, alpha, sigma };
      const x0 = clipOriginal(predictOriginal(prediction), options, request.batchSize);
      const { cSkip, cOut } = boundaryScalings(t, options.timestep_scaling);
      const denoised = combine([cOut, x0], [cSkip, sample]);
      if (index === lastIndex) return denoised;
      const next = levelAt(alphasCumprod, timesteps[index + 1] ?? t);
      const noise = requestNoise(CLASS_NAME, request)(sample.length);
      return combine([next.alpha, denoised], [next.sigma, noise]);
    },
  });
}

function chooseTimesteps(options: Context["options"], request: ScheduleOptions): DistilledTimesteps {
  assertChoices(CLASS_NAME, request, ["timesteps", "strength", "originalSteps"]);
  const trained = options.num_train_timesteps;
  if (request.timesteps !== undefined) return givenTimesteps(request, trained);
  const steps = request.originalSteps ?? options.original_inference_steps;
  return pickTimesteps(distilledGrid(trained, steps, request.strength), request, steps);
}

/** c_skip and c_out, with which the consistency function is the identity at t = 0 (appendix C; Song et al., arXiv 2303.01469, eq. 25). */
function boundaryScalings(t: number, scaling: number): { cSkip: number; cOut: number } {
  const scaled = fround(t * fround(scaling));
  const sum = fround(fround(scaled * scaled) + SIGMA_DATA ** 2);
  return { cSkip: fround(SIGMA_DATA ** 2 / sum), cOut: fround(scaled / fround(Math.sqrt(sum))) };
}
