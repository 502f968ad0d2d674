import { describe, expect, it } from "vitest";
import { createTorchGenerator } from "../noise.ts";
import { levelAt } from "./alpha-schedule.ts";
import { createScheduler } from "./create-scheduler.ts";
import { ddimVariance } from "./ddim.ts";
import { readOptions } from "./read-options.ts";
import type { Schedule, ScheduleOptions, Scheduler, SigmaSchedule } from "./scheduler.ts";
import { BETA_OPTIONS, trainedAlphas } from "./trained-alphas.ts";

/**
 * The numbers that diffusers' own tests/schedulers/*.py expect, with the loops of those tests: a sample of 4 x 3 x 8 x 8
 * rising values, and x t / (t + 1) for a network.
 */

const SIZE = 768;

/** arange(768).reshape(3, 8, 8, 4).permute(3, 0, 1, 2) / 768, or the same of a falling range. */
function deterministicSample(isFlipped = false): Float32Array {
  return Float32Array.from({ length: SIZE }, (_, i) => {
    const place = (i % 192) * 4 + Math.floor(i / 192);
    return (isFlipped ? SIZE - 1 - place : place) / SIZE;
  });
}

function dummyModel(sample: Float32Array, t: number): Float32Array {
  return sample.map((x) => Math.fround(x * t) / Math.fround(t + 1));
}

interface Loop {
  readonly schedule: Schedule;
  /** Whether the scaled sample is what is stepped, as in the tests of Euler. */
  readonly stepsScaled?: boolean;
  /** Begins with noise at this call. */
  readonly from?: number;
}

function runLoop({ schedule, stepsScaled = false, from }: Loop): Float32Array {
  let sample: Float32Array = deterministicSample().map((x) => x * schedule.initNoiseSigma);
  if (from !== undefined) sample = schedule.addNoise(sample, deterministicSample(true), from);
  for (let index = from ?? 0; index < schedule.timesteps.length; index++) {
    const scaled = schedule.scaleModelInput(sample, index);
    const modelOutput = dummyModel(scaled, schedule.timesteps[index] as number);
    sample = schedule.step({ modelOutput, sample: stepsScaled ? scaled : sample, index });
  }
  return sample;
}

const absoluteSum = (sample: Float32Array): number => sample.reduce((sum, x) => sum + Math.abs(x), 0);
const absoluteMean = (sample: Float32Array): number => absoluteSum(sample) / SIZE;

type Options = Readonly<Record<string, unknown>>;

function makeSchedule(className: string, options: Options, request: ScheduleOptions = {}): Schedule {
  const scheduler: Scheduler = createScheduler({ _class_name: className, ...options });
  const isGiven = request.timesteps !== undefined || request.numSteps !== undefined;
  const drawNormal = createTorchGenerator(0).randn;
  return scheduler.createSchedule({ ...(isGiven ? {} : { numSteps: 10 }), drawNormal, ...request });
}

const V = { prediction_type: "v_prediction" };
const KARRAS = { use_karras_sigmas: true };
const DISTILLED = { beta_schedule: "scaled_linear", beta_start: 0.00085, beta_end: 0.012 };

describe("test_scheduler_ddim", () => {
  const clip = { clip_sample: true };

  it.each([
    [clip, 172.0067],
    [{ ...clip, ...V }, 52.5302],
    [{ ...clip, beta_start: 0.01, set_alpha_to_one: true }, 149.8295],
    [{ ...clip, beta_start: 0.01, set_alpha_to_one: false }, 149.0784],
  ])("%j sums to %d", (options, expected) => {
    const sum = absoluteSum(runLoop({ schedule: makeSchedule("DDIMScheduler", options) }));
    expect(Math.abs(sum - expected)).toBeLessThan(1e-2);
  });

  it("sums to 354.5418 with noise at step 8", () => {
    const sum = absoluteSum(runLoop({ schedule: makeSchedule("DDIMScheduler", clip), from: 8 }));
    expect(Math.abs(sum - 354.5418)).toBeLessThan(1e-2);
  });

  it.each([
    [0, 0, 0],
    [420, 400, 0.14771],
    [980, 960, 0.3246],
    [999, 998, 0.02],
  ])("has from %d to %d a variance of %d", (t, previous, expected) => {
    const alphasCumprod = trainedAlphas(readOptions("test", {}, BETA_OPTIONS));
    const variance = ddimVariance(levelAt(alphasCumprod, t), levelAt(alphasCumprod, previous));
    expect(Math.abs(variance - expected)).toBeLessThan(1e-5);
  });

  it.each([
    [{}, 50.5574],
    [DISTILLED, 55.692],
  ])("with v, zero terminal SNR and trailing spacing of %j sums to %d", (betas, expected) => {
    const zero = { rescale_betas_zero_snr: true, timestep_spacing: "trailing", clip_sample: false };
    const schedule = makeSchedule("DDIMScheduler", { ...betas, ...V, ...zero });
    expect(Math.abs(absoluteSum(runLoop({ schedule })) - expected)).toBeLessThan(1e-3);
  });
});

describe("test_scheduler_euler", () => {
  const options = { num_train_timesteps: 1100 };

  it.each([
    ["EulerDiscreteScheduler", options, 10.0807],
    ["EulerDiscreteScheduler", { ...options, ...KARRAS }, 124.523],
    ["EulerAncestralDiscreteScheduler", options, 152.3192],
    ["EulerAncestralDiscreteScheduler", { ...options, ...V }, 108.4439],
  ])("%s %j sums to %d", (className, given, expected) => {
    const sum = absoluteSum(runLoop({ schedule: makeSchedule(className, given), stepsScaled: true }));
    expect(Math.abs(sum - expected)).toBeLessThan(1e-2);
  });

  it.each([
    ["EulerDiscreteScheduler", 57062.9297],
    ["EulerAncestralDiscreteScheduler", 56163.0508],
  ])("%s with noise at step 8 sums to %d", (className, expected) => {
    const schedule = makeSchedule(className, options);
    const sum = absoluteSum(runLoop({ schedule, stepsScaled: true, from: 8 }));
    expect(Math.abs(sum / expected - 1)).toBeLessThan(1e-6);
  });

  it("sums to 168.0516 where only the network's input is scaled", () => {
    const schedule = makeSchedule("EulerDiscreteScheduler", options);
    expect(Math.abs(absoluteSum(runLoop({ schedule })) - 168.0516)).toBeLessThan(1e-2);
  });
});

describe("test_scheduler_dpm_multi", () => {
  const options = { solver_order: 2, lower_order_final: false, final_sigmas_type: "sigma_min" };

  it.each([
    [{}, 0.3301],
    [V, 0.2251],
    [{ ...V, ...KARRAS }, 0.2096],
    [{ ...V, use_lu_lambdas: true }, 0.1554],
    [{ thresholding: true, dynamic_thresholding_ratio: 0.87, sample_max_value: 0.5 }, 1.1364],
  ])("%j has a mean of %d", (given, expected) => {
    const schedule = makeSchedule(
      "DPMSolverMultistepScheduler",
      { ...options, ...given },
      { batchSize: 4, numSteps: 10 },
    );
    expect(Math.abs(absoluteMean(runLoop({ schedule })) - expected)).toBeLessThan(1e-3);
  });

  it("sums to 318.4111 with noise at step 5", () => {
    const schedule = makeSchedule("DPMSolverMultistepScheduler", options);
    expect(Math.abs(absoluteSum(runLoop({ schedule, from: 5 })) - 318.4111)).toBeLessThan(1e-2);
  });
});

describe("test_scheduler_unipc", () => {
  const options = { solver_order: 2, solver_type: "bh2", final_sigmas_type: "sigma_min" };

  it.each([
    [{}, 0.2464],
    [KARRAS, 0.2925],
    [V, 0.1014],
    [{ ...V, ...KARRAS }, 0.1966],
  ])("%j has a mean of %d", (given, expected) => {
    const schedule = makeSchedule("UniPCMultistepScheduler", { ...options, ...given });
    expect(Math.abs(absoluteMean(runLoop({ schedule })) - expected)).toBeLessThan(1e-3);
  });

  it("sums to 315.5757 with noise at step 8", () => {
    const schedule = makeSchedule("UniPCMultistepScheduler", options);
    expect(Math.abs(absoluteSum(runLoop({ schedule, from: 8 })) - 315.5757)).toBeLessThan(1e-2);
  });

  it("has the flow sigmas of Karras' spacing", () => {
    const flow = { use_flow_sigmas: true, ...KARRAS, prediction_type: "flow_prediction" };
    const ends = { sigma_min: 0.01, sigma_max: 200 };
    const schedule = makeSchedule("UniPCMultistepScheduler", { ...flow, ...ends }, { numSteps: 5 });
    const expected = [0.99502, 0.97875, 0.87749, 0.3605, 0.0099, 0];
    const { sigmas } = schedule as SigmaSchedule;
    expect(sigmas).toHaveLength(expected.length);
    for (const [i, sigma] of expected.entries()) expect(sigmas[i]).toBeCloseTo(sigma, 5);
  });
});

describe("test_scheduler_lcm, _tcd, _ddpm and _consistency_model", () => {
  const cm = { num_train_timesteps: 201, sigma_min: 0.002, sigma_max: 80 };

  it.each<[string, Options, ScheduleOptions, number]>([
    ["LCMScheduler", DISTILLED, { numSteps: 1 }, 18.7097],
    ["LCMScheduler", DISTILLED, { numSteps: 10 }, 197.7616],
    ["TCDScheduler", DISTILLED, { numSteps: 1, eta: 0 }, 29.8715],
    ["TCDScheduler", DISTILLED, { numSteps: 10, eta: 0 }, 181.204],
    ["DDPMScheduler", {}, { numSteps: 1000 }, 258.9606],
    ["DDPMScheduler", V, { numSteps: 1000 }, 202.0296],
    ["CMStochasticIterativeScheduler", cm, { numSteps: 1 }, 192.7614],
    ["CMStochasticIterativeScheduler", cm, { timesteps: [106, 0] }, 347.6357],
  ])("%s %j, %j sums to %d", (className, options, request, expected) => {
    const sum = absoluteSum(runLoop({ schedule: makeSchedule(className, options, request) }));
    expect(Math.abs(sum - expected)).toBeLessThan(1e-2);
  });

  it("DDPMScheduler with noise before its last two steps sums to 387.9466", () => {
    const schedule = makeSchedule("DDPMScheduler", {}, { numSteps: 1000 });
    expect(Math.abs(absoluteSum(runLoop({ schedule, from: 998 })) - 387.9466)).toBeLessThan(1e-2);
  });

  it("LCMScheduler takes the timesteps 999, 759, 499, 259", () => {
    const { timesteps } = makeSchedule("LCMScheduler", {}, { numSteps: 4 });
    expect([...timesteps]).toEqual([999, 759, 499, 259]);
  });
});

describe("zero terminal SNR of Stable Diffusion's betas", () => {
  const betas = {
    num_train_timesteps: 1000,
    beta_start: 0.00085,
    beta_end: 0.012,
    beta_schedule: "scaled_linear",
    trained_betas: null,
  } as const;

  it("moves the last alpha-bar to 0 and leaves the first", () => {
    const before = trainedAlphas(betas);
    const after = trainedAlphas({ ...betas, rescale_betas_zero_snr: true });
    expect(before[999]).toBeCloseTo(0.0046601, 6);
    expect(before[499]).toBeCloseTo(0.2776695, 6);
    expect(after[999]).toBe(0);
    expect(after[499]).toBeCloseTo(0.2423591, 6);
    expect((after[998] as number) / 1.9679e-7).toBeCloseTo(1, 3);
    expect(after[0]).toBeCloseTo(0.99915, 6);
  });
});
