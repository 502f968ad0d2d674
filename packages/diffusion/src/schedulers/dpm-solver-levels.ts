import type { DpmOptions } from "./dpm-solver-multistep.ts";
import { interpolate, linspace, log32, roundHalfToEven } from "./numpy-math.ts";
import { assertChoices, assertNumSteps, assertTimesteps } from "./request-levels.ts";
import type { ScheduleOptions } from "./scheduler.ts";
import { createSigmaToTimestep, isRespaced, respaceSigmas, trainedSigmas } from "./sigma-conversions.ts";
import { flowSigmas, type SolverLevels } from "./solver-schedule.ts";
import { solverTimesteps } from "./timestep-spacing.ts";

const { fround } = Math;

interface LevelsRequest {
  readonly options: DpmOptions;
  readonly alphasCumprod: Float32Array;
  readonly request: ScheduleOptions;
}

/** The levels of a DPM-Solver generation. */
export function chooseDpmLevels(
  className: string,
  { options, alphasCumprod, request }: LevelsRequest,
): SolverLevels {
  assertChoices(className, request, options.use_dynamic_shifting ? ["timesteps", "mu"] : ["timesteps"]);
  const trained = trainedSigmas(alphasCumprod);
  const { sigmas, timesteps } = spaceLevels(options, { alphasCumprod, trained, request });
  const last = options.final_sigmas_type === "zero" ? 0 : (trained[0] as number);
  return { sigmas: Float32Array.of(...sigmas, last), timesteps };
}

interface Training {
  readonly alphasCumprod: Float32Array;
  readonly trained: Float32Array;
  readonly request: ScheduleOptions;
}

function spaceLevels(options: DpmOptions, { alphasCumprod, trained, request }: Training) {
  const chosen = chooseTimesteps(options, alphasCumprod, request);
  // The clipped noisy end leaves fewer trailing timesteps, but not fewer sigmas that are spaced anew.
  const count = request.timesteps === undefined ? assertNumSteps(request.numSteps) : chosen.length;
  const isLu = options.use_lu_lambdas && !options.use_karras_sigmas;
  const respaced = isLu ? luSigmas(trained, count) : respaceSigmas(options, trained.toReversed(), count);
  if (respaced !== undefined) {
    const timesteps = respaced.map(createSigmaToTimestep(trained));
    const rounds = options.use_karras_sigmas || options.use_lu_lambdas;
    const isRounded = rounds && options.beta_schedule !== "squaredcos_cap_v2";
    return { sigmas: respaced, timesteps: isRounded ? timesteps.map(roundHalfToEven) : timesteps };
  }
  if (options.use_flow_sigmas) {
    const shift = request.mu === undefined ? options.flow_shift : Math.exp(request.mu);
    const sigmas = flowSigmas(count, options.num_train_timesteps, shift);
    return { sigmas, timesteps: sigmas.map((sigma) => sigma * options.num_train_timesteps) };
  }
  return { sigmas: chosen.map((t) => interpolate(trained, t)), timesteps: chosen };
}

/** Levels evenly spaced in log sigma between the trained ones (Lu et al., arXiv 2206.00927, section 3.4). */
function luSigmas(trained: Float32Array, count: number): number[] {
  const [max, min] = [log32(trained.at(-1) as number), log32(trained[0] as number)];
  return linspace(0, 1, count).map((ramp) => Math.exp(max + ramp * (min - max)));
}

function chooseTimesteps(
  options: DpmOptions,
  alphasCumprod: Float32Array,
  request: ScheduleOptions,
): readonly number[] {
  if (request.timesteps !== undefined) {
    if (isRespaced(options) || options.use_lu_lambdas) {
      throw new RangeError("A scheduler that spaces its sigmas anew takes no timesteps.");
    }
    return assertTimesteps(request, options.num_train_timesteps).map(Math.trunc);
  }
  const numSteps = assertNumSteps(request.numSteps, options.num_train_timesteps);
  return solverTimesteps(options, numSteps, noisiest(alphasCumprod, options.lambda_min_clipped));
}

/** How many of the training's timesteps have a lambda of `least` or more. */
function noisiest(alphasCumprod: Float32Array, least: number): number {
  const lambdaOf = (alphaProd: number): number => {
    const alpha = fround(Math.sqrt(alphaProd));
    const sigma = fround(Math.sqrt(fround(1 - alphaProd)));
    return fround(fround(Math.log(alpha)) - fround(Math.log(sigma)));
  };
  return alphasCumprod.findLastIndex((alphaProd) => lambdaOf(alphaProd) >= least) + 1;
}
