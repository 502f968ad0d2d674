import { clipOriginal } from "./clip-original.ts";
import { COMPATIBLE_OPTIONS } from "./compatible-options.ts";
import { defaultDynamicShift } from "./flow-shift.ts";
import type { LogSnrLevel } from "./log-snr.ts";
import { predictNoise, predictOriginal } from "./predictions.ts";
import {
  booleanOption,
  choiceOption,
  nullable,
  numberOption,
  numbersOption,
  type OptionsOf,
  onlyOption,
  readOptions,
} from "./read-options.ts";
import type { ScheduleOptions, Scheduler, SigmaSchedule, StepOptions } from "./scheduler.ts";
import { assertOneSpacing } from "./sigma-conversions.ts";
import { createSolverSchedule, predictionAt, SOLVER_OPTIONS } from "./solver-schedule.ts";
import { inOrder } from "./step-order.ts";
import { trainedAlphasAboveZero } from "./trained-alphas.ts";
import { chooseUniPcLevels } from "./unipc-levels.ts";
import { uniPcUpdate } from "./unipc-update.ts";

const CLASS_NAME = "UniPCMultistepScheduler";

const OPTIONS = {
  ...SOLVER_OPTIONS,
  predict_x0: booleanOption(true),
  // The last three come from other solvers' configs, and diffusers takes bh2 for them.
  solver_type: choiceOption("bh2", "bh1", "midpoint", "heun", "logrho"),
  disable_corrector: numbersOption([]),
  solver_p: onlyOption(null),
  time_shift_type: choiceOption("exponential", "linear"),
  shift_terminal: nullable(numberOption(0)),
};

/** The options of a UniPCMultistepScheduler, under diffusers' names. */
export type UniPcOptions = OptionsOf<typeof OPTIONS> & {
  /**
   * Whether flow sigmas are those of the diffusers versions that write `shift_terminal` into this class's config, which
   * differ from 0.36's. Karras' spacing has flow sigmas only there.
   */
  readonly hasShiftedFlow: boolean;
};

/**
 * The unified predictor-corrector (Zhao et al., arXiv 2302.04867), as diffusers' UniPCMultistepScheduler.
 * Throws an Error that names an option which is unknown or not supported.
 */
export function createUniPc(config: Readonly<Record<string, unknown>>): Scheduler<SigmaSchedule> {
  const options = readUniPcOptions(config);
  const alphasCumprod = trainedAlphasAboveZero(options);
  return {
    className: CLASS_NAME,
    order: 1,
    ...(options.use_dynamic_shifting && { dynamicShift: defaultDynamicShift }),
    createSchedule(request) {
      const { sigmas, timesteps } = chooseUniPcLevels(CLASS_NAME, { options, alphasCumprod, request });
      const count = timesteps.length;
      return createSolverSchedule({
        sigmas,
        timesteps,
        isFlow: options.use_flow_sigmas,
        createStep: (levels) => inOrder(count, createUniPcStep(options, request, levels)),
      });
    },
  };
}

function readUniPcOptions(config: Readonly<Record<string, unknown>>): UniPcOptions {
  const read = readOptions(CLASS_NAME, config, OPTIONS, COMPATIBLE_OPTIONS);
  assertOneSpacing(CLASS_NAME, read);
  const refuse = (reason: string): never => {
    throw new Error(`${CLASS_NAME}: ${reason}.`);
  };
  if (read.shift_terminal !== null && !read.use_flow_sigmas) refuse("shift_terminal needs use_flow_sigmas");
  if (!read.predict_x0 && read.prediction_type === "flow_prediction") {
    refuse("prediction_type flow_prediction needs predict_x0");
  }
  const endsHigh = !read.lower_order_final && read.solver_order > 1;
  const isUndefinedAtZero = read.solver_type === "bh1" || !read.predict_x0 || endsHigh;
  if (read.final_sigmas_type === "zero" && isUndefinedAtZero) {
    const chosen = `solver_type ${read.solver_type}, predict_x0 ${read.predict_x0}, lower_order_final ${read.lower_order_final}`;
    refuse(`with ${chosen} the last step to final_sigmas_type zero is not a number; it must be sigma_min`);
  }
  const hasShiftedFlow = Object.hasOwn(config, "shift_terminal") || read.use_karras_sigmas;
  return { ...read, hasShiftedFlow: read.use_flow_sigmas && hasShiftedFlow };
}

/** What a step leaves for the corrector of the next one. */
interface Previous {
  readonly sample: Float32Array;
  readonly order: number;
}

function createUniPcStep(
  options: UniPcOptions,
  request: ScheduleOptions,
  levels: readonly LogSnrLevel[],
): (step: StepOptions) => Float32Array {
  const count = levels.length - 1;
  const kind = { isBh1: options.solver_type === "bh1", predictsOriginal: options.predict_x0 };
  /** Converted predictions, the newest one first. */
  const outputs: Float32Array[] = [];
  let previous: Previous | undefined;
  return (step) => {
    const { index } = step;
    const output = convertOutput(options, request, { step, level: levels[index] as LogSnrLevel });
    const corrects = previous !== undefined && !options.disable_corrector.includes(index - 1);
    const sample =
      previous !== undefined && corrects
        ? uniPcUpdate({ ...kind, ...previous, outputs, levels, target: index, corrected: output })
        : step.sample;
    outputs.unshift(output);
    outputs.splice(options.solver_order);
    const most = options.lower_order_final
      ? Math.min(options.solver_order, count - index)
      : options.solver_order;
    const order = Math.min(most, outputs.length);
    previous = { sample, order };
    return uniPcUpdate({ ...kind, sample, order, outputs, levels, target: index + 1 });
  };
}

interface Conversion {
  readonly step: StepOptions;
  readonly level: LogSnrLevel;
}

/** The prediction as the solver takes it: x0, or the noise without predict_x0. */
function convertOutput(
  options: UniPcOptions,
  { batchSize }: ScheduleOptions,
  { step, level }: Conversion,
): Float32Array {
  const prediction = predictionAt(level, options.prediction_type, step);
  if (!options.predict_x0) return predictNoise(prediction);
  return clipOriginal(predictOriginal(prediction), options, batchSize);
}
