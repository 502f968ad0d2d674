import { combine } from "./linear-combination.ts";
import { booleanOption, integerOption, numberOption, type OptionsOf, readOptions } from "./read-options.ts";
import { assertChoices, assertNumSteps, assertTimesteps, requestNoise } from "./request-levels.ts";
import type { ScheduleOptions, Scheduler, SigmaSchedule, StepOptions } from "./scheduler.ts";
import { karrasSigma } from "./sigma-conversions.ts";
import { assertIndex, assertStep } from "./step-order.ts";

const CLASS_NAME = "CMStochasticIterativeScheduler";
const { fround } = Math;

const OPTIONS = {
  num_train_timesteps: integerOption(40, 2),
  sigma_min: numberOption(0.002),
  sigma_max: numberOption(80),
  sigma_data: numberOption(0.5),
  s_noise: numberOption(1),
  rho: numberOption(7),
  clip_denoised: booleanOption(true),
};

type Options = OptionsOf<typeof OPTIONS>;

/**
 * Consistency models' multistep sampling (Song et al., arXiv 2303.01469, algorithm 1), as diffusers'
 * CMStochasticIterativeScheduler. Throws an Error that names an option which is unknown or not supported.
 */
export function createConsistencyModel(config: Readonly<Record<string, unknown>>): Scheduler<SigmaSchedule> {
  const options = readOptions(CLASS_NAME, config, OPTIONS);
  return {
    className: CLASS_NAME,
    order: 1,
    createSchedule: (request) => createSchedule(options, request),
  };
}

function createSchedule(options: Options, request: ScheduleOptions): SigmaSchedule {
  const { sigma_min: min, sigma_max: max, sigma_data: data, rho } = options;
  const levels = chooseTimesteps(options, request)
    .toReversed()
    .map((t) => karrasSigma(max, min, { ramp: t / (options.num_train_timesteps - 1), rho }));
  const sigmas = Float32Array.of(...levels, min);
  const timesteps = Float32Array.from(levels, (sigma) => 250 * Math.log(sigma + 1e-44));
  const sigmaAt = (index: number): number => {
    assertIndex(index, timesteps.length);
    return sigmas[index] as number;
  };
  return {
    sigmas,
    timesteps,
    numSteps: timesteps.length,
    initNoiseSigma: max,
    scaleModelInput(sample, index) {
      const deviation = fround(Math.sqrt(fround(fround(sigmaAt(index) ** 2) + fround(data * data))));
      return sample.map((value) => value / deviation);
    },
    step(step) {
      assertStep(step, timesteps.length);
      return consistencyStep(options, { step, request, sigmas });
    },
    addNoise: (original, noise, index) => combine([1, original], [sigmaAt(index), noise]),
  };
}

/** Places on the training's grid, falling; diffusers counts them from the noisy end when it turns them to sigmas. */
function chooseTimesteps(options: Options, request: ScheduleOptions): readonly number[] {
  assertChoices(CLASS_NAME, request, ["timesteps"]);
  const count = options.num_train_timesteps;
  if (request.timesteps !== undefined) return assertTimesteps(request, count);
  const numSteps = assertNumSteps(request.numSteps, count);
  const ratio = Math.floor(count / numSteps);
  return Array.from({ length: numSteps }, (_, i) => (numSteps - 1 - i) * ratio);
}

interface ConsistencyStep {
  readonly step: StepOptions;
  readonly request: ScheduleOptions;
  readonly sigmas: Float32Array;
}

function consistencyStep(options: Options, { step, request, sigmas }: ConsistencyStep): Float32Array {
  const { sample, modelOutput, index } = step;
  const { cSkip, cOut } = boundaryScalings(options, sigmas[index] as number);
  const predicted = combine([cOut, modelOutput], [cSkip, sample]);
  const denoised = options.clip_denoised ? predicted.map((x) => Math.min(Math.max(x, -1), 1)) : predicted;
  if (sigmas.length <= 2) return denoised;
  const [min, max] = [options.sigma_min, options.sigma_max];
  const next = fround(Math.min(Math.max(sigmas[index + 1] as number, min), max));
  const added = fround(Math.sqrt(Math.max(fround(fround(next * next) - fround(min * min)), 0)));
  const noise = combine([options.s_noise, requestNoise(CLASS_NAME, request)(sample.length)]);
  return combine([1, denoised], [added, noise]);
}

/** c_skip and c_out of equation 25, with which the consistency function is the identity at sigma_min. */
function boundaryScalings(
  { sigma_min: min, sigma_data: data }: Options,
  sigma: number,
): { cSkip: number; cOut: number } {
  const above = fround(sigma - fround(min));
  const data2 = fround(data * data);
  const cSkip = fround(data2 / fround(fround(above * above) + data2));
  const deviation = fround(Math.sqrt(fround(fround(sigma * sigma) + data2)));
  return { cSkip, cOut: fround(fround(above * fround(data)) / deviation) };
}
