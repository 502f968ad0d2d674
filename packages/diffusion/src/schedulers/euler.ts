import { COMPATIBLE_OPTIONS } from "./compatible-options.ts";
import { combine } from "./linear-combination.ts";
import { linspace, log32 } from "./numpy-math.ts";
import { choiceOption, type OptionsOf, readOptions } from "./read-options.ts";
import { assertChoices, requestNoise } from "./request-levels.ts";
import type { ScheduleOptions, Scheduler, SigmaSchedule, StepOptions } from "./scheduler.ts";
import {
  assertOneSpacing,
  createSigmaToTimestep,
  SIGMA_SPACING_OPTIONS,
  trainedSigmas,
} from "./sigma-conversions.ts";
import {
  chooseLevels,
  createSigmaSchedule,
  type Levels,
  predictOriginalAtSigma,
  respaceLevels,
  sigmaDerivative,
} from "./sigma-schedule.ts";
import { assertStep } from "./step-order.ts";
import { LINSPACE_OPTIONS } from "./timestep-spacing.ts";
import { BETA_OPTIONS, trainedAlphasAboveZero, ZERO_SNR_OPTION } from "./trained-alphas.ts";

const CLASS_NAME = "EulerDiscreteScheduler";
const { fround } = Math;

const OPTIONS = {
  ...BETA_OPTIONS,
  ...ZERO_SNR_OPTION,
  ...LINSPACE_OPTIONS,
  ...SIGMA_SPACING_OPTIONS,
  prediction_type: choiceOption("epsilon", "v_prediction", "sample"),
  interpolation_type: choiceOption("linear", "log_linear"),
  timestep_type: choiceOption("discrete", "continuous"),
  final_sigmas_type: choiceOption("zero", "sigma_min"),
};

type Options = OptionsOf<typeof OPTIONS>;

interface Context {
  readonly options: Options;
  readonly trained: Float32Array;
}

/**
 * Euler steps with optional churn (Karras et al., arXiv 2206.00364, algorithm 2 without its correction), as diffusers'
 * EulerDiscreteScheduler. Throws an Error that names an option which is unknown or not supported.
 */
export function createEuler(config: Readonly<Record<string, unknown>>): Scheduler<SigmaSchedule> {
  const options = readOptions(CLASS_NAME, config, OPTIONS, COMPATIBLE_OPTIONS);
  assertOneSpacing(CLASS_NAME, options);
  const context = { options, trained: trainedSigmas(trainedAlphasAboveZero(options)) };
  return {
    className: CLASS_NAME,
    order: 1,
    createSchedule: (request) => createSchedule(context, request),
  };
}

function createSchedule(context: Context, request: ScheduleOptions): SigmaSchedule {
  const { options } = context;
  assertChoices(CLASS_NAME, request, ["timesteps", "sigmas"]);
  const levels = eulerLevels(context, request);
  const sigmas = Float32Array.from(levels.sigmas);
  const isContinuous = options.timestep_type === "continuous" && options.prediction_type === "v_prediction";
  const timesteps = isContinuous
    ? sigmas.slice(0, levels.timesteps.length).map((sigma) => 0.25 * fround(Math.log(sigma)))
    : Float32Array.from(levels.timesteps);
  return createSigmaSchedule({
    sigmas,
    timesteps,
    numSteps: timesteps.length,
    spacing: options.timestep_spacing,
    step(step) {
      assertStep(step, timesteps.length);
      return eulerStep(options, { step, request, sigmas });
    },
  });
}

/** The levels of a request, the final sigma included. */
function eulerLevels(context: Context, request: ScheduleOptions): Levels {
  const { options, trained } = context;
  if (request.sigmas !== undefined) return givenLevels(trained, request);
  const { sigmas, timesteps } =
    options.interpolation_type === "linear"
      ? chooseLevels(options, trained, request)
      : logLinearLevels(context, request);
  const last = options.final_sigmas_type === "zero" ? 0 : (trained[0] as number);
  return { sigmas: [...sigmas, last], timesteps };
}

/** Given sigmas end with the final one; they stay as they are. */
function givenLevels(trained: Float32Array, { sigmas = [], numSteps, timesteps }: ScheduleOptions): Levels {
  if (timesteps !== undefined || sigmas.length < 2 || (numSteps ?? sigmas.length - 1) !== sigmas.length - 1) {
    throw new RangeError(
      `${CLASS_NAME} takes one sigma more than steps, the final one, and no timesteps beside.`,
    );
  }
  const levels = sigmas.map(fround);
  const toTimestep = createSigmaToTimestep(trained, log32);
  return { sigmas: levels, timesteps: levels.slice(0, -1).map(toTimestep) };
}

/** Sigmas evenly spaced in their logarithm; diffusers makes one more of them than there are timesteps. */
function logLinearLevels({ options, trained }: Context, request: ScheduleOptions): Levels {
  const chosen = chooseLevels({ ...options, ...NOT_RESPACED }, trained, request);
  const [first, last] = [log32(trained.at(-1) as number), log32(trained[0] as number)];
  const sigmas = linspace(first, last, chosen.timesteps.length + 1).map((log) =>
    fround(Math.exp(fround(log))),
  );
  return respaceLevels(options, trained, { sigmas, timesteps: chosen.timesteps });
}

const NOT_RESPACED = { use_karras_sigmas: false, use_exponential_sigmas: false, use_beta_sigmas: false };

interface EulerStep {
  readonly step: StepOptions;
  readonly request: ScheduleOptions;
  readonly sigmas: Float32Array;
}

function eulerStep(options: Options, { step, request, sigmas }: EulerStep): Float32Array {
  const sigma = sigmas[step.index] as number;
  const gamma = churnOf(request, sigma, sigmas.length - 1);
  const sigmaHat = fround(sigma * fround(gamma + 1));
  const sample = gamma > 0 ? addChurn(step.sample, request, { sigma, sigmaHat }) : step.sample;
  const x0 = predictOriginalAtSigma({
    predictionType: options.prediction_type,
    sample,
    modelOutput: step.modelOutput,
    // diffusers takes v at the level before the churn, and eps at the one after it.
    sigma: options.prediction_type === "v_prediction" ? sigma : sigmaHat,
  });
  const dt = fround((sigmas[step.index + 1] as number) - sigmaHat);
  return combine([1, sample], [dt, sigmaDerivative(sample, x0, sigmaHat)]);
}

/** gamma_i of algorithm 2. */
function churnOf({ churn }: ScheduleOptions, sigma: number, numSteps: number): number {
  if (churn === undefined) return 0;
  const { sChurn, sTmin = 0, sTmax = Number.POSITIVE_INFINITY } = churn;
  return sTmin <= sigma && sigma <= sTmax ? Math.min(sChurn / numSteps, Math.SQRT2 - 1) : 0;
}

function addChurn(
  sample: Float32Array,
  request: ScheduleOptions,
  { sigma, sigmaHat }: { sigma: number; sigmaHat: number },
): Float32Array {
  const noise = combine([request.churn?.sNoise ?? 1, requestNoise(CLASS_NAME, request)(sample.length)]);
  const added = fround(Math.sqrt(fround(fround(sigmaHat * sigmaHat) - fround(sigma * sigma))));
  return combine([1, sample], [added, noise]);
}
