import { clipOriginal } from "./clip-original.ts";
import { COMPATIBLE_OPTIONS } from "./compatible-options.ts";
import { chooseDpmLevels } from "./dpm-solver-levels.ts";
import { dpmUpdate } from "./dpm-solver-update.ts";
import { defaultDynamicShift } from "./flow-shift.ts";
import { combine } from "./linear-combination.ts";
import type { LogSnrLevel } from "./log-snr.ts";
import { predictNoise, predictOriginal } from "./predictions.ts";
import {
  booleanOption,
  choiceOption,
  numberOption,
  type OptionsOf,
  onlyOption,
  readOptions,
} from "./read-options.ts";
import { requestNoise } from "./request-levels.ts";
import type { ScheduleOptions, Scheduler, SigmaSchedule, StepOptions } from "./scheduler.ts";
import { assertOneSpacing } from "./sigma-conversions.ts";
import { createSolverSchedule, predictionAt, SOLVER_OPTIONS } from "./solver-schedule.ts";
import { inOrder } from "./step-order.ts";
import { trainedAlphasAboveZero } from "./trained-alphas.ts";

const CLASS_NAME = "DPMSolverMultistepScheduler";
/** Below this many steps the last ones are of lower order (Lu et al., arXiv 2211.01095, section 5). */
const FEW_STEPS = 15;

const OPTIONS = {
  ...SOLVER_OPTIONS,
  // deis, logrho, bh1 and bh2 come from other solvers' configs, and diffusers takes the default for them.
  algorithm_type: choiceOption("dpmsolver++", "sde-dpmsolver++", "dpmsolver", "sde-dpmsolver", "deis"),
  solver_type: choiceOption("midpoint", "heun", "logrho", "bh1", "bh2"),
  euler_at_final: booleanOption(false),
  use_lu_lambdas: booleanOption(false),
  lambda_min_clipped: numberOption(Number.NEGATIVE_INFINITY),
  variance_type: onlyOption(null),
  time_shift_type: choiceOption("exponential"),
};

/** The options of a DPMSolverMultistepScheduler, under diffusers' names. */
export type DpmOptions = OptionsOf<typeof OPTIONS>;

/**
 * DPM-Solver and DPM-Solver++, multistep, of order 1 to 3, as an ODE or an SDE (Lu et al., arXiv 2206.00927 and
 * 2211.01095), as diffusers' DPMSolverMultistepScheduler.
 * Throws an Error that names an option which is unknown or not supported.
 */
export function createDpmSolverMultistep(
  config: Readonly<Record<string, unknown>>,
): Scheduler<SigmaSchedule> {
  const options = readDpmOptions(config);
  const alphasCumprod = trainedAlphasAboveZero(options);
  return {
    className: CLASS_NAME,
    order: 1,
    ...(options.use_dynamic_shifting && { dynamicShift: defaultDynamicShift }),
    createSchedule(request) {
      const { sigmas, timesteps } = chooseDpmLevels(CLASS_NAME, { options, alphasCumprod, request });
      const count = timesteps.length;
      return createSolverSchedule({
        sigmas,
        timesteps,
        isFlow: options.use_flow_sigmas,
        createStep: (levels) => inOrder(count, createDpmStep(options, request, levels)),
      });
    },
  };
}

function readDpmOptions(config: Readonly<Record<string, unknown>>): DpmOptions {
  const read = readOptions(CLASS_NAME, config, OPTIONS, COMPATIBLE_OPTIONS);
  assertOneSpacing(CLASS_NAME, read);
  const { algorithm_type: given } = read;
  const refuse = (reason: string): never => {
    throw new Error(`${CLASS_NAME}: algorithm_type ${given} ${reason}.`);
  };
  if (!given.endsWith("++") && read.final_sigmas_type === "zero") {
    refuse("needs final_sigmas_type sigma_min, got zero");
  }
  const algorithm = given === "deis" ? "dpmsolver++" : given;
  if (!algorithm.endsWith("++") && read.prediction_type === "flow_prediction") {
    refuse("does not take prediction_type flow_prediction");
  }
  const most = algorithm === "sde-dpmsolver" ? 2 : 3;
  if (read.solver_order > most) refuse(`has solver_order ${most} at most, got ${read.solver_order}`);
  return { ...read, algorithm_type: algorithm };
}

function createDpmStep(
  options: DpmOptions,
  request: ScheduleOptions,
  levels: readonly LogSnrLevel[],
): (step: StepOptions) => Float32Array {
  const last = levels.length - 2;
  const isSde = options.algorithm_type.startsWith("sde-");
  /** Converted predictions, the newest one first. */
  const outputs: Float32Array[] = [];
  return (step) => {
    outputs.unshift(convertOutput(options, request, { step, level: levels[step.index] as LogSnrLevel }));
    outputs.splice(options.solver_order);
    const noise = isSde ? requestNoise(CLASS_NAME, request)(step.sample.length) : undefined;
    const order = Math.min(outputs.length, mostOrder(options, step.index, last));
    // Levels from the next one back to those of the outputs in use.
    const used = levels.slice(step.index + 1 - order, step.index + 2).toReversed();
    const { algorithm_type: algorithm, solver_type } = options;
    const isHeun = solver_type === "heun";
    return dpmUpdate({
      algorithm,
      isHeun,
      sample: step.sample,
      outputs: outputs.slice(0, order),
      levels: used,
      noise,
    });
  };
}

/** The order that the place of a step in the schedule allows. */
function mostOrder(options: DpmOptions, index: number, last: number): number {
  const lowers = options.lower_order_final && last + 1 < FEW_STEPS;
  if (index === last && (options.euler_at_final || lowers || options.final_sigmas_type === "zero")) return 1;
  return index === last - 1 && lowers ? 2 : options.solver_order;
}

interface Conversion {
  readonly step: StepOptions;
  readonly level: LogSnrLevel;
}

/** The prediction as the algorithm takes it: x0 for the ++ ones, otherwise the noise. */
function convertOutput(
  options: DpmOptions,
  { batchSize }: ScheduleOptions,
  { step, level }: Conversion,
): Float32Array {
  const { sample } = step;
  const { alpha, sigma } = level;
  const prediction = predictionAt(level, options.prediction_type, step);
  if (options.algorithm_type.endsWith("++")) {
    return clipOriginal(predictOriginal(prediction), options, batchSize);
  }
  const noise = predictNoise(prediction);
  if (!options.thresholding) return noise;
  const x0 = combine([1, sample], [-sigma, noise]).map((value) => value / alpha);
  const clipped = clipOriginal(x0, options, batchSize);
  return combine([1, sample], [-alpha, clipped]).map((value) => value / sigma);
}
