import { createAlphaSchedule, levelAt } from "./alpha-schedule.ts";
import { COMPATIBLE_OPTIONS } from "./compatible-options.ts";
import { DISTILLED_OPTIONS } from "./lcm.ts";
import { type DistilledTimesteps, distilledGrid, givenTimesteps, pickTimesteps } from "./lcm-timesteps.ts";
import { combine } from "./linear-combination.ts";
import { predictNoise, predictOriginal } from "./predictions.ts";
import { type OptionsOf, readOptions } from "./read-options.ts";
import { assertChoices, requestNoise } from "./request-levels.ts";
import type { Schedule, ScheduleOptions, Scheduler } from "./scheduler.ts";
import { assertStep } from "./step-order.ts";
import { trainedAlphas } from "./trained-alphas.ts";

const CLASS_NAME = "TCDScheduler";
const { fround } = Math;

interface Context {
  readonly options: OptionsOf<typeof DISTILLED_OPTIONS>;
  readonly alphasCumprod: Float32Array;
}

/**
 * Trajectory consistency distillation's strategic stochastic sampling (Zheng et al., arXiv 2402.19159, algorithm 4;
 * `eta` is the paper's gamma), as diffusers' TCDScheduler, which reads its clipping and thresholding but does neither.
 * Throws an Error that names an option which is unknown or not supported.
 */
export function createTcd(config: Readonly<Record<string, unknown>>): Scheduler {
  const options = readOptions(CLASS_NAME, config, DISTILLED_OPTIONS, COMPATIBLE_OPTIONS);
  const context = { options, alphasCumprod: trainedAlphas(options) };
  return {
    className: CLASS_NAME,
    order: 1,
    createSchedule: (request) => createSchedule(context, request),
  };
}

function createSchedule({ options, alphasCumprod }: Context, request: ScheduleOptions): Schedule {
  const { timesteps, lastIndex } = chooseTimesteps(options, request);
  const { eta = 0 } = request;
  if (!(eta >= 0 && eta <= 1)) throw new RangeError(`${CLASS_NAME} needs eta from 0 to 1, got ${eta}.`);
  return createAlphaSchedule({
    alphasCumprod,
    timesteps,
    numSteps: timesteps.length,
    step(step) {
      assertStep(step, timesteps.length);
      const { alpha, sigma } = levelAt(alphasCumprod, timesteps[step.index] as number);
      const previous = timesteps[step.index + 1] ?? 0;
      const s = levelAt(alphasCumprod, Math.floor(fround(fround(1 - eta) * previous)));
      const prediction = { ...step, predictionType: options.prediction_type, alpha, sigma };
      const atS = combine([s.alpha, predictOriginal(prediction)], [s.sigma, predictNoise(prediction)]);
      if (eta === 0 || step.index === lastIndex) return atS;
      const ratio = fround(levelAt(alphasCumprod, previous).alphaProd / s.alphaProd);
      const noise = requestNoise(CLASS_NAME, request)(atS.length);
      return combine([fround(Math.sqrt(ratio)), atS], [fround(Math.sqrt(fround(1 - ratio))), noise]);
    },
  });
}

function chooseTimesteps(options: Context["options"], request: ScheduleOptions): DistilledTimesteps {
  assertChoices(CLASS_NAME, request, ["timesteps", "strength", "originalSteps"]);
  const { num_train_timesteps: trained, original_inference_steps: original } = options;
  if (request.timesteps !== undefined) return givenTimesteps(request, trained);
  const { originalSteps, strength = 1 } = request;
  const grid =
    originalSteps === undefined
      ? distilledGrid(trained, original, strength)
      : Array.from({ length: Math.trunc(trained * strength) }, (_, i) => i);
  return pickTimesteps(grid, request, originalSteps ?? original);
}
