import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { createTorchGenerator } from "../noise.ts";
import { createScheduler } from "./create-scheduler.ts";
import type { Schedule, ScheduleOptions, SigmaSchedule } from "./scheduler.ts";

/** A request as diffusers' set_timesteps and step take it. */
interface Request {
  readonly num_inference_steps?: number;
  readonly timesteps?: number[];
  readonly sigmas?: number[];
  readonly mu?: number;
  readonly strength?: number;
  readonly original_inference_steps?: number;
  readonly eta?: number;
  readonly s_churn?: number;
  readonly s_tmin?: number;
  readonly s_tmax?: number;
  readonly s_noise?: number;
  readonly begin_index?: number;
  readonly learns_variance?: boolean;
}

interface Case {
  readonly options: Record<string, unknown> & { _class_name: string };
  readonly request: Request;
  readonly timesteps: number[];
  readonly sigmas?: number[];
  readonly initNoiseSigma: number;
  /** Of the first sample and that after each step: the sum of absolute values, and the values at KEPT. */
  readonly steps: number[][];
}

const SIZE = 128;
const BATCH_SIZE = 2;
const KEPT = [0, 64, 127];
const [SAMPLE_SEED, STEP_SEED] = [7, 11];

function readFixture<T>(name: string): T {
  const url = new URL(`../../fixtures/schedulers-${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(url, "utf8").replaceAll("-Infinity", "-1e999")) as T;
}

/** The keys of `entry` that have a value, under our names. */
function toScheduleOptions(request: Request): ScheduleOptions {
  const { s_churn: sChurn, s_tmin: sTmin = 0, s_tmax: sTmax = Infinity, s_noise: sNoise = 1 } = request;
  const options = {
    numSteps: request.num_inference_steps,
    timesteps: request.timesteps,
    sigmas: request.sigmas,
    mu: request.mu,
    strength: request.strength,
    originalSteps: request.original_inference_steps,
    eta: request.eta,
    churn: sChurn === undefined ? undefined : { sChurn, sTmin, sTmax, sNoise },
  };
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  const drawNormal = createTorchGenerator(STEP_SEED).randn;
  return { ...(Object.fromEntries(given) as ScheduleOptions), batchSize: BATCH_SIZE, drawNormal };
}

/** The golden script's stand-in for a network. */
function predict(sample: Float32Array, t: number): Float32Array {
  const slope = Math.fround(0.5 + Math.fround(t / 2000));
  return sample.map((x) => Math.fround(slope * x) + Math.fround(0.3 * Math.fround(Math.cos(2 * x))));
}

/** Each sample's output, followed by what stands for its variance. */
function appendVariance(output: Float32Array): Float32Array {
  const half = SIZE / BATCH_SIZE;
  return Float32Array.from({ length: 2 * SIZE }, (_, i) => {
    const value = output[Math.floor(i / (2 * half)) * half + (i % half)] as number;
    return i % (2 * half) < half ? value : 0.5 + Math.fround(0.4 * Math.fround(Math.tanh(value)));
  });
}

function* runSchedule(schedule: Schedule, beginIndex: number, learnsVariance: boolean) {
  const noise = createTorchGenerator(SAMPLE_SEED).randn(SIZE);
  const original = Float32Array.from({ length: SIZE }, (_, i) => -1 + (2 * i) / (SIZE - 1));
  let sample: Float32Array =
    beginIndex === 0
      ? noise.map((value) => value * schedule.initNoiseSigma)
      : schedule.addNoise(original, noise, beginIndex);
  yield sample;
  for (let index = beginIndex; index < schedule.timesteps.length; index++) {
    const output = predict(schedule.scaleModelInput(sample, index), schedule.timesteps[index] as number);
    sample = schedule.step({ modelOutput: learnsVariance ? appendVariance(output) : output, sample, index });
    yield sample;
  }
}

function expectClose(values: ArrayLike<number>, expected: readonly number[], tolerance: number): void {
  expect(values.length).toBe(expected.length);
  const scale = Math.max(1, ...expected.map(Math.abs));
  const gap = Math.max(...expected.map((value, i) => Math.abs((values[i] as number) - value)));
  expect(gap, `${[...Array.from(values)]} for ${expected}`).toBeLessThanOrEqual(tolerance * scale);
}

/** What parity.md asks for: zero terminal SNR means a sigma of 4096, where float32 is coarse. */
function toleranceOf({ options }: Case): number {
  const isEuler = options._class_name.startsWith("Euler");
  return isEuler && options["rescale_betas_zero_snr"] === true ? 2e-4 : 1e-5;
}

describe.each(["alpha", "distilled", "sigma", "dpm", "unipc", "unipc-shifted", "flow"])(
  "%s schedulers",
  (fixture) => {
    const { cases } = readFixture<{ cases: Case[] }>(fixture);

    it.each(
      cases.map((entry) => [JSON.stringify(entry.options), JSON.stringify(entry.request), entry] as const),
    )("equal diffusers: %s %s", (_options, _request, entry) => {
      const scheduler = createScheduler(entry.options);
      const schedule = scheduler.createSchedule(toScheduleOptions(entry.request));
      expectClose(schedule.timesteps, entry.timesteps, 2e-7);
      if (entry.sigmas) expectClose((schedule as SigmaSchedule).sigmas, entry.sigmas, 1e-6);
      expect(schedule.initNoiseSigma / entry.initNoiseSigma).toBeCloseTo(1, 6);
      const { begin_index: beginStep = 0, learns_variance: learnsVariance = false } = entry.request;
      const samples = [...runSchedule(schedule, beginStep * scheduler.order, learnsVariance)];
      expect(samples).toHaveLength(entry.steps.length);
      for (const [i, sample] of samples.entries()) {
        const [sum, ...kept] = entry.steps[i] as [number, ...number[]];
        const largest = sample.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
        const tolerance = toleranceOf(entry) * largest;
        for (const [k, value] of kept.entries()) {
          const gap = Math.abs((sample[KEPT[k] as number] as number) - value);
          expect(gap, `step ${i}, value ${KEPT[k]}`).toBeLessThanOrEqual(tolerance);
        }
        const total = sample.reduce((a, b) => a + Math.abs(b), 0);
        expect(Math.abs(total - sum) / SIZE, `step ${i}, mean`).toBeLessThanOrEqual(tolerance);
      }
    });
  },
);

describe("scheduler_config.json", () => {
  const { configs } = readFixture<{ configs: { _class_name: string }[] }>("configs");

  it.each(configs.map((config) => [config._class_name, config] as const))(
    "of %s is read as diffusers writes it",
    (className, config) => {
      expect(createScheduler(config).className).toBe(className);
    },
  );
});
