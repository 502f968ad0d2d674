import { shiftLevel, stretchLevels } from "./flow-shift.ts";
import { interpolate, linspace, roundHalfToEven } from "./numpy-math.ts";
import { assertChoices, assertNumSteps, type LevelChoice } from "./request-levels.ts";
import type { ScheduleOptions } from "./scheduler.ts";
import { createSigmaToTimestep, respaceSigmas, trainedSigmas } from "./sigma-conversions.ts";
import type { Levels } from "./sigma-schedule.ts";
import { flowSigmas, type SolverLevels } from "./solver-schedule.ts";
import { solverTimesteps } from "./timestep-spacing.ts";
import type { UniPcOptions } from "./unipc.ts";

/** diffusers keeps the first flow sigma this far below 1, where lambda would be minus infinity. */
const BELOW_ONE = 1e-6;

interface LevelsRequest {
  readonly options: UniPcOptions;
  readonly alphasCumprod: Float32Array;
  readonly request: ScheduleOptions;
}

/** The levels of a UniPC generation. */
export function chooseUniPcLevels(
  className: string,
  { options, alphasCumprod, request }: LevelsRequest,
): SolverLevels {
  const taken: LevelChoice[] = options.use_dynamic_shifting ? ["mu"] : [];
  assertChoices(className, request, options.hasShiftedFlow ? [...taken, "sigmas"] : taken);
  const numSteps = assertNumSteps(request.sigmas?.length ?? request.numSteps, options.num_train_timesteps);
  const trained = trainedSigmas(alphasCumprod);
  const { sigmas, timesteps } = spaceLevels(options, trained, { request, numSteps });
  return { sigmas: Float32Array.of(...sigmas, finalSigma(options, trained, sigmas)), timesteps };
}

/** Sigmas spaced anew end with their own last one. */
function finalSigma(options: UniPcOptions, trained: Float32Array, sigmas: readonly number[]): number {
  if (options.final_sigmas_type === "zero") return 0;
  const isOwn =
    options.use_karras_sigmas ||
    options.use_exponential_sigmas ||
    options.use_beta_sigmas ||
    options.use_flow_sigmas;
  return (isOwn ? sigmas.at(-1) : trained[0]) as number;
}

interface Size {
  readonly request: ScheduleOptions;
  readonly numSteps: number;
}

function spaceLevels(options: UniPcOptions, trained: Float32Array, { request, numSteps }: Size): Levels {
  const respaced = respaceSigmas(options, trained.toReversed(), numSteps);
  if (respaced !== undefined) return respacedLevels(options, trained, respaced);
  const count = options.num_train_timesteps;
  if (options.use_flow_sigmas) {
    const sigmas = options.hasShiftedFlow
      ? shiftedFlowSigmas(options, request, numSteps)
      : flowSigmas(numSteps, count, request.mu === undefined ? options.flow_shift : Math.exp(request.mu));
    return { sigmas, timesteps: sigmas.map((sigma) => sigma * count) };
  }
  const timesteps = solverTimesteps(options, numSteps, count);
  return { sigmas: timesteps.map((t) => interpolate(trained, t)), timesteps };
}

function respacedLevels(options: UniPcOptions, trained: Float32Array, respaced: readonly number[]): Levels {
  if (options.hasShiftedFlow && options.use_karras_sigmas) {
    const sigmas = respaced.map((sigma) => sigma / (sigma + 1));
    return { sigmas, timesteps: sigmas.map((sigma) => sigma * options.num_train_timesteps) };
  }
  const timesteps = respaced.map(createSigmaToTimestep(trained));
  return {
    sigmas: respaced,
    timesteps: options.use_karras_sigmas ? timesteps.map(roundHalfToEven) : timesteps,
  };
}

/** Flow sigmas as diffusers makes them since it has `shift_terminal` in this class. */
function shiftedFlowSigmas(options: UniPcOptions, request: ScheduleOptions, numSteps: number): number[] {
  const { use_dynamic_shifting: isDynamic, shift_terminal: terminal } = options;
  if (isDynamic && request.mu === undefined) {
    throw new RangeError("A schedule with use_dynamic_shifting true needs mu, got undefined.");
  }
  const given = request.sigmas ?? linspace(1, 1 / options.num_train_timesteps, numSteps + 1).slice(0, -1);
  const shifted = given.map((sigma) =>
    shiftLevel(sigma, { ...options, shift: options.flow_shift }, request.mu),
  );
  const sigmas = terminal === null || terminal === 0 ? shifted : stretchLevels(shifted, terminal);
  const first = sigmas[0] as number;
  return Math.abs(first - 1) < BELOW_ONE ? [first - BELOW_ONE, ...sigmas.slice(1)] : sigmas;
}
