import {
  type DynamicShiftOptions,
  type FlowShiftOptions,
  shiftLevel,
  shiftStatic,
  stretchLevels,
} from "./flow-shift.ts";
import { linspace } from "./numpy-math.ts";
import { assertNumSteps } from "./request-levels.ts";
import type { ScheduleOptions } from "./scheduler.ts";
import { respaceSigmas, type SigmaSpacingOptions } from "./sigma-conversions.ts";

/** The options of FlowMatchEulerDiscreteScheduler that shape its noise levels, under diffusers' names. */
export interface FlowMatchSigmaOptions extends FlowShiftOptions, DynamicShiftOptions, SigmaSpacingOptions {
  readonly num_train_timesteps: number;
  /** Where the last sigma is stretched to; 0 leaves it. */
  readonly shift_terminal: number;
  /** Whether levels rise from the clean sample to noise. */
  readonly invert_sigmas: boolean;
  /** Ours: which levels n steps take by default. */
  readonly sigma_schedule: "diffusers" | "linear";
}

/** The evenly falling noise levels 1, 1 - 1/n, ..., 1/n, which Flux-like pipelines and pocket give a scheduler. */
export function linearSigmas(numSteps: number): number[] {
  return Array.from({ length: assertNumSteps(numSteps) }, (_, i) => 1 - i / numSteps);
}

/** Noise levels of a generation, in float32, the final one included. */
export function computeSigmas(options: FlowMatchSigmaOptions, schedule: ScheduleOptions): Float32Array {
  assertDynamic(options, schedule.mu);
  const given = chooseGiven(options, schedule);
  // numpy keeps float32 for given levels and doubles for its own linspace; each operation rounds accordingly.
  const round = given ? Math.fround : (value: number) => value;
  const levels = given?.map(Math.fround) ?? defaultLevels(options, assertNumSteps(schedule.numSteps));
  const shifted = levels.map((level) => shiftLevel(level, options, schedule.mu, round));
  const { shift_terminal: terminal } = options;
  const stretched = terminal === 0 ? shifted : stretchLevels(shifted, terminal, round);
  const spaced = respaceSigmas(options, stretched, stretched.length) ?? stretched;
  if (!options.invert_sigmas) return Float32Array.of(...spaced, 0);
  return Float32Array.of(...spaced.map((level) => 1 - Math.fround(level)), 1);
}

function chooseGiven(
  options: FlowMatchSigmaOptions,
  schedule: ScheduleOptions,
): readonly number[] | undefined {
  if (schedule.sigmas === undefined) {
    return options.sigma_schedule === "linear" ? linearSigmas(assertNumSteps(schedule.numSteps)) : undefined;
  }
  const { sigmas, numSteps = sigmas.length } = schedule;
  if (sigmas.length === 0 || sigmas.length !== numSteps) {
    throw new RangeError(`Got ${sigmas.length} sigmas for ${numSteps} steps; give one for each step.`);
  }
  return sigmas;
}

/**
 * diffusers' own levels: evenly between the largest and smallest training sigma. Without dynamic shifting those two
 * are shifted already, and every level is shifted once more afterwards.
 */
function defaultLevels(options: FlowMatchSigmaOptions, numSteps: number): number[] {
  const trained = options.num_train_timesteps;
  const bound = (timestep: number): number => {
    const sigma = Math.fround(timestep / trained);
    return options.use_dynamic_shifting ? sigma : shiftStatic(sigma, options.shift, Math.fround);
  };
  const first = bound(trained) * trained;
  const last = bound(1) * trained;
  return linspace(first, last, numSteps).map((timestep) => timestep / trained);
}

function assertDynamic(options: FlowMatchSigmaOptions, mu: number | undefined): void {
  if (options.use_dynamic_shifting === (mu !== undefined)) return;
  const need = options.use_dynamic_shifting ? "needs mu" : "takes no mu";
  throw new RangeError(
    `A schedule with use_dynamic_shifting ${options.use_dynamic_shifting} ${need}, got ${mu}.`,
  );
}
