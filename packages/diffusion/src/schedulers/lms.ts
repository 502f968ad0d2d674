import { COMPATIBLE_OPTIONS } from "./compatible-options.ts";
import { combine, type Term } from "./linear-combination.ts";
import { choiceOption, type OptionsOf, readOptions } from "./read-options.ts";
import { assertChoices } from "./request-levels.ts";
import type { ScheduleOptions, Scheduler, SigmaSchedule, StepOptions } from "./scheduler.ts";
import { assertOneSpacing, SIGMA_SPACING_OPTIONS, trainedSigmas } from "./sigma-conversions.ts";
import {
  chooseLevels,
  createSigmaSchedule,
  predictOriginalAtSigma,
  sigmaDerivative,
} from "./sigma-schedule.ts";
import { inOrder } from "./step-order.ts";
import { LINSPACE_OPTIONS } from "./timestep-spacing.ts";
import { BETA_OPTIONS, trainedAlphas } from "./trained-alphas.ts";

const CLASS_NAME = "LMSDiscreteScheduler";
const ORDER = 4;
/** Gauss-Legendre points with two of which polynomials up to the third degree are integrated exactly. */
const GAUSS = 1 / Math.sqrt(3);

const OPTIONS = {
  ...BETA_OPTIONS,
  ...LINSPACE_OPTIONS,
  ...SIGMA_SPACING_OPTIONS,
  prediction_type: choiceOption("epsilon", "v_prediction", "sample"),
};

type Options = OptionsOf<typeof OPTIONS>;

/**
 * The linear multistep method of order 4 on sigmas (Adams-Bashforth for uneven steps; k-diffusion's LMS), as
 * diffusers' LMSDiscreteScheduler. Throws an Error that names an option which is unknown or not supported.
 */
export function createLms(config: Readonly<Record<string, unknown>>): Scheduler<SigmaSchedule> {
  const options = readOptions(CLASS_NAME, config, OPTIONS, COMPATIBLE_OPTIONS);
  assertOneSpacing(CLASS_NAME, options);
  const trained = trainedSigmas(trainedAlphas(options));
  return {
    className: CLASS_NAME,
    order: 1,
    createSchedule: (request) => createSchedule(options, trained, request),
  };
}

function createSchedule(options: Options, trained: Float32Array, request: ScheduleOptions): SigmaSchedule {
  assertChoices(CLASS_NAME, request, []);
  // Karras' spacing ignores sigma_min and sigma_max in this class.
  const ends = options.use_karras_sigmas ? { sigma_min: null, sigma_max: null } : {};
  const levels = chooseLevels({ ...options, ...ends }, trained, request);
  const sigmas = Float32Array.of(...levels.sigmas, 0);
  const timesteps = Float32Array.from(levels.timesteps);
  return createSigmaSchedule({
    sigmas,
    timesteps,
    numSteps: timesteps.length,
    spacing: options.timestep_spacing,
    step: inOrder(timesteps.length, createLmsStep(options, sigmas)),
  });
}

function createLmsStep(options: Options, sigmas: Float32Array): (step: StepOptions) => Float32Array {
  const derivatives: Float32Array[] = [];
  return ({ sample, modelOutput, index }) => {
    const sigma = sigmas[index] as number;
    const predictionType = options.prediction_type;
    const x0 = predictOriginalAtSigma({ predictionType, sample, modelOutput, sigma });
    derivatives.unshift(sigmaDerivative(sample, x0, sigma));
    derivatives.splice(ORDER);
    const order = Math.min(index + 1, ORDER);
    // A generation that begins half-way has fewer derivatives than the order; diffusers leaves out the missing terms.
    const terms = derivatives
      .slice(0, order)
      .map((derivative, k): Term => [lagrangeIntegral(sigmas, { index, order, k }), derivative]);
    const [first, ...rest] = terms as [Term, ...Term[]];
    return combine([1, sample], [1, combine(first, ...rest)]);
  };
}

interface LagrangeOptions {
  readonly index: number;
  readonly order: number;
  /** Which of the last `order` levels the polynomial is 1 at. */
  readonly k: number;
}

/** The integral over this step of the Lagrange polynomial that is 1 at level `index` - k and 0 at the others. */
function lagrangeIntegral(sigmas: Float32Array, { index, order, k }: LagrangeOptions): number {
  const level = (back: number): number => sigmas[index - back] as number;
  const polynomial = (tau: number): number => {
    let product = 1;
    for (let j = 0; j < order; j++) {
      if (j !== k) product *= (tau - level(j)) / (level(k) - level(j));
    }
    return product;
  };
  const half = (level(-1) - level(0)) / 2;
  const middle = (level(-1) + level(0)) / 2;
  return half * (polynomial(middle - half * GAUSS) + polynomial(middle + half * GAUSS));
}
