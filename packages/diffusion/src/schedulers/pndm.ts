import { createAlphaSchedule, levelAt } from "./alpha-schedule.ts";
import { COMPATIBLE_OPTIONS } from "./compatible-options.ts";
import { combine } from "./linear-combination.ts";
import { predictNoise } from "./predictions.ts";
import { booleanOption, choiceOption, type OptionsOf, readOptions } from "./read-options.ts";
import { assertChoices, assertNumSteps } from "./request-levels.ts";
import type { Schedule, ScheduleOptions, Scheduler, StepOptions } from "./scheduler.ts";
import { inOrder } from "./step-order.ts";
import { LEADING_OPTIONS, wholeTimesteps } from "./timestep-spacing.ts";
import { BETA_OPTIONS, trainedAlphas } from "./trained-alphas.ts";

const CLASS_NAME = "PNDMScheduler";
/** Order of the linear multistep method, and so the number of Runge-Kutta steps before it. */
const ORDER = 4;
const { fround } = Math;

const OPTIONS = {
  ...BETA_OPTIONS,
  ...LEADING_OPTIONS,
  skip_prk_steps: booleanOption(false),
  set_alpha_to_one: booleanOption(false),
  prediction_type: choiceOption("epsilon", "v_prediction"),
};

interface Context {
  readonly options: OptionsOf<typeof OPTIONS>;
  readonly alphasCumprod: Float32Array;
}

/**
 * Pseudo numerical methods for diffusion models (Liu et al., arXiv 2202.09778), as diffusers' PNDMScheduler: three
 * Runge-Kutta steps of four calls (unless skipped), then the linear multistep method.
 * Throws an Error that names an option which is unknown or not supported.
 */
export function createPndm(config: Readonly<Record<string, unknown>>): Scheduler {
  const options = readOptions(CLASS_NAME, config, OPTIONS, COMPATIBLE_OPTIONS);
  const context = { options, alphasCumprod: trainedAlphas(options) };
  return {
    className: CLASS_NAME,
    order: 1,
    createSchedule: (request) => createSchedule(context, request),
  };
}

function createSchedule(context: Context, request: ScheduleOptions): Schedule {
  const { options, alphasCumprod } = context;
  assertChoices(CLASS_NAME, request, []);
  const numSteps = assertNumSteps(request.numSteps, options.num_train_timesteps);
  const stride = Math.floor(options.num_train_timesteps / numSteps);
  const rising = wholeTimesteps(options, numSteps).toReversed();
  const prk = options.skip_prk_steps ? [] : rungeKuttaTimesteps(rising, stride);
  const plms = options.skip_prk_steps
    ? [...rising.slice(0, -1), ...rising.slice(-2, -1), ...rising.slice(-1)]
    : rising.slice(0, -3);
  const timesteps = [...prk, ...plms.toReversed()];
  const solver = createSolver(context, { prk, stride });
  const step = inOrder(timesteps.length, (given) => solver(given, timesteps[given.index] as number));
  return createAlphaSchedule({ alphasCumprod, timesteps, numSteps, step });
}

/** The four noisiest timesteps and the points half a stride below them, as the Runge-Kutta calls visit them. */
function rungeKuttaTimesteps(rising: readonly number[], stride: number): number[] {
  if (rising.length < ORDER) {
    throw new RangeError(`${CLASS_NAME} without skip_prk_steps needs ${ORDER} steps, got ${rising.length}.`);
  }
  const half = Math.floor(stride / 2);
  const points = rising.slice(-ORDER).flatMap((t) => [t, t + half]);
  return points
    .slice(0, -1)
    .flatMap((t) => [t, t])
    .slice(1, -1)
    .toReversed();
}

interface SolverOptions {
  readonly prk: readonly number[];
  /** Timesteps between two steps. */
  readonly stride: number;
}

type Solver = (step: StepOptions, t: number) => Float32Array;

function createSolver(context: Context, { prk, stride }: SolverOptions): Solver {
  const estimates: Float32Array[] = [];
  const rungeKutta = createRungeKutta(context, { prk, stride, estimates });
  const multistep = createMultistep(context, { stride, estimates });
  let counter = 0;
  return (step, t) => {
    const call = counter++;
    return call < prk.length ? rungeKutta(step, { t, call }) : multistep(step, { t, call });
  };
}

interface Call {
  readonly t: number;
  /** Number of this call in the generation. */
  readonly call: number;
}

/** Equation 13, one of its four calls at a time. */
function createRungeKutta(
  context: Context,
  { prk, stride, estimates }: SolverOptions & { readonly estimates: Float32Array[] },
): (step: StepOptions, call: Call) => Float32Array {
  let sum = new Float32Array();
  let start = new Float32Array();
  return ({ sample, modelOutput }, { t, call }) => {
    const to = t - (call % 2 === 1 ? 0 : Math.floor(stride / 2));
    const from = prk[Math.floor(call / 4) * 4] as number;
    const phase = call % 4;
    let estimate = modelOutput;
    if (phase === 0) {
      sum = combine([1 / 6, modelOutput]) as Float32Array<ArrayBuffer>;
      estimates.push(modelOutput);
      start = sample as Float32Array<ArrayBuffer>;
    } else if (phase === 3) {
      estimate = combine([1, sum], [1 / 6, modelOutput]);
    } else {
      sum = combine([1, sum], [1 / 3, modelOutput]) as Float32Array<ArrayBuffer>;
    }
    return transfer(context, { sample: start, estimate, from, to });
  };
}

/** Equation 12; without Runge-Kutta steps before it, the first step is a second-order one of two calls. */
function createMultistep(
  context: Context,
  { stride, estimates }: { readonly stride: number; readonly estimates: Float32Array[] },
): (step: StepOptions, call: Call) => Float32Array {
  let start: Float32Array | undefined;
  return ({ sample, modelOutput }, { t, call }) => {
    if (call === 1 && start !== undefined) {
      const estimate = combine([1, modelOutput], [1, estimates[0] as Float32Array]).map((value) => value / 2);
      return transfer(context, { sample: start, estimate, from: t + stride, to: t });
    }
    estimates.splice(0, estimates.length - (ORDER - 1));
    estimates.push(modelOutput);
    if (call === 0) start = sample;
    return transfer(context, { sample, estimate: multistepEstimate(estimates), from: t, to: t - stride });
  };
}

/** Adams-Bashforth weights of order 1 to 4 on the estimates, the newest one last. */
function multistepEstimate(estimates: readonly Float32Array[]): Float32Array {
  const [e1, e2, e3, e4] = estimates.toReversed() as [
    Float32Array,
    Float32Array?,
    Float32Array?,
    Float32Array?,
  ];
  if (e2 === undefined) return e1;
  if (e3 === undefined) return combine([3, e1], [-1, e2]).map((value) => value / 2);
  if (e4 === undefined) return combine([23, e1], [-16, e2], [5, e3]).map((value) => value / 12);
  const scale = fround(1 / 24);
  return combine([55, e1], [-59, e2], [37, e3], [-9, e4]).map((value) => scale * value);
}

interface Transfer {
  readonly sample: Float32Array;
  readonly estimate: Float32Array;
  readonly from: number;
  readonly to: number;
}

/** Equation 11: the sample at timestep `from` moved to `to` along an estimate of its noise. */
function transfer(
  { options, alphasCumprod }: Context,
  { sample, estimate, from, to }: Transfer,
): Float32Array {
  const now = levelAt(alphasCumprod, from);
  const next = levelAt(alphasCumprod, to, options.set_alpha_to_one ? 1 : alphasCumprod[0]);
  const { alpha, sigma } = now;
  const noise = predictNoise({
    predictionType: options.prediction_type,
    sample,
    modelOutput: estimate,
    alpha,
    sigma,
  });
  const ofSample = fround(Math.sqrt(fround(next.alphaProd / now.alphaProd)));
  const root = fround(Math.sqrt(fround(fround(now.alphaProd * now.betaProd) * next.alphaProd)));
  const denominator = fround(fround(now.alphaProd * next.sigma) + root);
  const gap = fround(next.alphaProd - now.alphaProd);
  const moved = noise.map((value) => fround(gap * value) / denominator);
  return combine([ofSample, sample], [-1, moved]);
}
