import { COMPATIBLE_OPTIONS } from "./compatible-options.ts";
import { combine } from "./linear-combination.ts";
import { interpolate } from "./numpy-math.ts";
import { choiceOption, type OptionsOf, readOptions } from "./read-options.ts";
import { assertChoices, assertNumSteps, requestNoise } from "./request-levels.ts";
import type { ScheduleOptions, Scheduler, SigmaSchedule } from "./scheduler.ts";
import { trainedSigmas } from "./sigma-conversions.ts";
import { createSigmaSchedule, predictOriginalAtSigma, sigmaDerivative } from "./sigma-schedule.ts";
import { assertStep } from "./step-order.ts";
import { LINSPACE_OPTIONS, spacedTimesteps } from "./timestep-spacing.ts";
import { BETA_OPTIONS, trainedAlphasAboveZero, ZERO_SNR_OPTION } from "./trained-alphas.ts";

const CLASS_NAME = "EulerAncestralDiscreteScheduler";
const { fround } = Math;

const OPTIONS = {
  ...BETA_OPTIONS,
  ...ZERO_SNR_OPTION,
  ...LINSPACE_OPTIONS,
  prediction_type: choiceOption("epsilon", "v_prediction"),
};

interface Context {
  readonly options: OptionsOf<typeof OPTIONS>;
  readonly trained: Float32Array;
}

/**
 * Euler steps to below the next level, and noise back up to it: k-diffusion's ancestral sampling, which is eta 1 of
 * Song et al. (arXiv 2010.02502, eq. 16) in terms of sigma; as diffusers' EulerAncestralDiscreteScheduler.
 * Throws an Error that names an option which is unknown or not supported.
 */
export function createEulerAncestral(config: Readonly<Record<string, unknown>>): Scheduler<SigmaSchedule> {
  const options = readOptions(CLASS_NAME, config, OPTIONS, COMPATIBLE_OPTIONS);
  const context = { options, trained: trainedSigmas(trainedAlphasAboveZero(options)) };
  return {
    className: CLASS_NAME,
    order: 1,
    createSchedule: (request) => createSchedule(context, request),
  };
}

function createSchedule({ options, trained }: Context, request: ScheduleOptions): SigmaSchedule {
  assertChoices(CLASS_NAME, request, []);
  const numSteps = assertNumSteps(request.numSteps, options.num_train_timesteps);
  const timesteps = Float32Array.from(spacedTimesteps(options, numSteps));
  const sigmas = Float32Array.of(...Array.from(timesteps, (t) => interpolate(trained, t)), 0);
  return createSigmaSchedule({
    sigmas,
    timesteps,
    numSteps,
    spacing: options.timestep_spacing,
    step(step) {
      assertStep(step, timesteps.length);
      const { sample, modelOutput, index } = step;
      const [sigma, next] = [sigmas[index] as number, sigmas[index + 1] as number];
      const predictionType = options.prediction_type;
      const x0 = predictOriginalAtSigma({ predictionType, sample, modelOutput, sigma });
      const { up, down } = ancestralSigmas(sigma, next);
      const derivative = sigmaDerivative(sample, x0, sigma);
      const lower = combine([1, sample], [fround(down - sigma), derivative]);
      return combine([1, lower], [up, requestNoise(CLASS_NAME, request)(sample.length)]);
    },
  });
}

/** The level that a step goes down to, and that of the noise added afterwards: up^2 + down^2 = next^2. */
function ancestralSigmas(sigma: number, next: number): { up: number; down: number } {
  const [sigma2, next2] = [fround(sigma * sigma), fround(next * next)];
  const up = fround(Math.sqrt(fround(fround(next2 * fround(sigma2 - next2)) / sigma2)));
  return { up, down: fround(Math.sqrt(fround(next2 - fround(up * up)))) };
}
