import { THRESHOLD_OPTIONS } from "./clip-original.ts";
import { combine } from "./linear-combination.ts";
import { type LogSnrLevel, logSnrLevel } from "./log-snr.ts";
import { linspace } from "./numpy-math.ts";
import type { Prediction, PredictionType } from "./predictions.ts";
import { booleanOption, choiceOption, integerOption, numberOption } from "./read-options.ts";
import type { SigmaSchedule, StepOptions } from "./scheduler.ts";
import { SIGMA_SPACING_OPTIONS } from "./sigma-conversions.ts";
import { assertIndex } from "./step-order.ts";
import { LINSPACE_OPTIONS } from "./timestep-spacing.ts";
import { BETA_OPTIONS, ZERO_SNR_OPTION } from "./trained-alphas.ts";

/** The options that DPMSolverMultistepScheduler and UniPCMultistepScheduler have in common. */
export const SOLVER_OPTIONS = {
  ...BETA_OPTIONS,
  ...ZERO_SNR_OPTION,
  ...THRESHOLD_OPTIONS,
  ...LINSPACE_OPTIONS,
  ...SIGMA_SPACING_OPTIONS,
  solver_order: integerOption(2, 1),
  prediction_type: choiceOption("epsilon", "v_prediction", "sample", "flow_prediction"),
  lower_order_final: booleanOption(true),
  use_flow_sigmas: booleanOption(false),
  flow_shift: numberOption(1),
  final_sigmas_type: choiceOption("zero", "sigma_min"),
  use_dynamic_shifting: booleanOption(false),
};

/** What a solver visits. */
export interface SolverLevels {
  /** The final sigma included. */
  readonly sigmas: Float32Array;
  /** Not yet cut to whole numbers. */
  readonly timesteps: readonly number[];
}

interface SolverScheduleParts {
  readonly sigmas: Float32Array;
  /** Timesteps before they are cut to whole numbers. */
  readonly timesteps: readonly number[];
  readonly isFlow: boolean;
  readonly createStep: (levels: readonly LogSnrLevel[]) => (options: StepOptions) => Float32Array;
}

/** A schedule of a multistep solver in lambda, whose samples keep unit variance. */
export function createSolverSchedule(parts: SolverScheduleParts): SigmaSchedule {
  const { sigmas, isFlow } = parts;
  const timesteps = Float32Array.from(parts.timesteps, Math.trunc);
  const levels = Array.from(sigmas, (sigma) => logSnrLevel(sigma, isFlow));
  return {
    sigmas,
    timesteps,
    numSteps: timesteps.length,
    initNoiseSigma: 1,
    scaleModelInput: (sample) => sample,
    step: parts.createStep(levels),
    addNoise(original, noise, index) {
      assertIndex(index, timesteps.length);
      const { alpha, sigma } = levels[index] as LogSnrLevel;
      return combine([alpha, original], [sigma, noise]);
    },
  };
}

/** A step's prediction at its level; a flow's velocity is taken at the solver's own sigma. */
export function predictionAt(
  level: LogSnrLevel,
  predictionType: PredictionType,
  step: StepOptions,
): Prediction {
  const sigma = predictionType === "flow_prediction" ? level.ratio : level.sigma;
  return { ...step, predictionType, alpha: level.alpha, sigma };
}

/** Flow matching's levels, shifted (Esser et al., arXiv 2403.03206, eq. 23), from below 1 down; `count` of them. */
export function flowSigmas(count: number, trained: number, shift: number): number[] {
  return linspace(1, 1 / trained, count + 1)
    .map((alpha) => 1 - alpha)
    .map((sigma) => (shift * sigma) / (1 + (shift - 1) * sigma))
    .toReversed()
    .slice(0, -1);
}
