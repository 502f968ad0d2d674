import type { ScheduleOptions } from "./scheduler.ts";

/** The options of FlowMatchEulerDiscreteScheduler that shape its noise levels, under diffusers' names. */
export interface FlowMatchSigmaOptions {
  readonly num_train_timesteps: number;
  readonly shift: number;
  readonly use_dynamic_shifting: boolean;
  readonly base_shift: number;
  readonly max_shift: number;
  readonly base_image_seq_len: number;
  readonly max_image_seq_len: number;
  /** Where the last sigma is stretched to; 0 leaves it. */
  readonly shift_terminal: number;
  readonly time_shift_type: "exponential" | "linear";
  /** Ours: which levels n steps take by default. */
  readonly sigma_schedule: "diffusers" | "linear";
}

/** The evenly falling noise levels 1, 1 - 1/n, ..., 1/n, which Flux-like pipelines and pocket give a scheduler. */
export function linearSigmas(numSteps: number): number[] {
  return Array.from({ length: assertSteps(numSteps) }, (_, i) => 1 - i / numSteps);
}

/** `mu` for a picture of `imageSeqLen` tokens, on the line through the config's two points (Flux, SD3.5). */
export function dynamicShift(imageSeqLen: number, options: FlowMatchSigmaOptions): number {
  const { base_shift, max_shift, base_image_seq_len, max_image_seq_len } = options;
  const slope = (max_shift - base_shift) / (max_image_seq_len - base_image_seq_len);
  return base_shift + slope * (imageSeqLen - base_image_seq_len);
}

/** Noise levels of a generation, in float32, the final 0 included. */
export function computeSigmas(options: FlowMatchSigmaOptions, schedule: ScheduleOptions): Float32Array {
  assertDynamic(options, schedule.mu);
  const given = chooseGiven(options, schedule);
  // numpy keeps float32 for given levels and doubles for its own linspace; each operation rounds accordingly.
  const round = given ? Math.fround : (value: number) => value;
  const levels = given?.map(Math.fround) ?? defaultLevels(options, assertSteps(schedule.numSteps));
  const shifted = levels.map((level) => shiftLevel(level, options, { mu: schedule.mu, round }));
  const stretched = stretch(shifted, options.shift_terminal, round);
  return Float32Array.of(...stretched, 0);
}

function chooseGiven(
  options: FlowMatchSigmaOptions,
  schedule: ScheduleOptions,
): readonly number[] | undefined {
  if (schedule.sigmas === undefined) {
    return options.sigma_schedule === "linear" ? linearSigmas(assertSteps(schedule.numSteps)) : undefined;
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
  const gap = numSteps > 1 ? (last - first) / (numSteps - 1) : 0;
  return Array.from({ length: numSteps }, (_, i) => {
    // numpy's linspace sets its last value exactly.
    const timestep = i > 0 && i === numSteps - 1 ? last : first + i * gap;
    return timestep / trained;
  });
}

type Round = (value: number) => number;

function shiftLevel(
  level: number,
  options: FlowMatchSigmaOptions,
  { mu, round }: { mu: number | undefined; round: Round },
): number {
  if (!options.use_dynamic_shifting || mu === undefined) return shiftStatic(level, options.shift, round);
  const factor = options.time_shift_type === "exponential" ? Math.exp(mu) : mu;
  const rest = round(round(1 / level) - 1);
  return round(factor / round(factor + rest));
}

function shiftStatic(level: number, shift: number, round: Round): number {
  return round(round(shift * level) / round(1 + round((shift - 1) * level)));
}

/** Stretches the levels so that the last one is `terminal` (LTX-Video). */
function stretch(levels: number[], terminal: number, round: Round): number[] {
  const last = levels.at(-1);
  if (terminal === 0 || last === undefined) return levels;
  const factor = round(round(1 - last) / (1 - terminal));
  return levels.map((level) => round(1 - round(round(1 - level) / factor)));
}

function assertSteps(numSteps: number | undefined): number {
  if (numSteps === undefined || !Number.isSafeInteger(numSteps) || numSteps < 1) {
    throw new RangeError(`A schedule needs 1 step or more, got ${numSteps}.`);
  }
  return numSteps;
}

function assertDynamic(options: FlowMatchSigmaOptions, mu: number | undefined): void {
  if (options.use_dynamic_shifting === (mu !== undefined)) return;
  const need = options.use_dynamic_shifting ? "needs mu" : "takes no mu";
  throw new RangeError(
    `A schedule with use_dynamic_shifting ${options.use_dynamic_shifting} ${need}, got ${mu}.`,
  );
}
