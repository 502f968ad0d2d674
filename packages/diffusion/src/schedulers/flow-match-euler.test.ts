import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { createFlowMatchEuler } from "./flow-match-euler.ts";
import { linearSigmas } from "./flow-match-sigmas.ts";
import type { Schedule } from "./scheduler.ts";

interface Golden {
  readonly cases: readonly {
    readonly config: Record<string, unknown>;
    readonly schedule: { num_inference_steps?: number; sigmas?: number[]; mu?: number };
    readonly timesteps: number[];
    readonly sigmas: number[];
    readonly absoluteSum: number;
    readonly last: number[];
  }[];
}

const golden = JSON.parse(
  readFileSync(new URL("../../fixtures/flow-match-euler.json", import.meta.url), "utf8"),
) as Golden;

/** The loop of diffusers' own scheduler tests: model(x, t) = x t / (t + 1) on 768 even values. */
function runTestLoop(schedule: Schedule): Float32Array {
  let sample: Float32Array = Float32Array.from({ length: 768 }, (_, i) => i / 768);
  schedule.timesteps.forEach((t, index) => {
    const modelOutput = schedule
      .scaleModelInput(sample, index)
      .map((x) => Math.fround(x * t) / Math.fround(t + 1));
    sample = schedule.step({ modelOutput, sample, index });
  });
  return sample;
}

const absoluteSum = (values: Float32Array): number => values.reduce((sum, value) => sum + Math.abs(value), 0);

/** Largest difference, relative to what is expected where that is above 1; infinite for different lengths. */
function largestGap(values: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (values.length !== expected.length) return Number.POSITIVE_INFINITY;
  const gaps = Array.from(
    expected,
    (value, i) => Math.abs((values[i] as number) - value) / Math.max(1, Math.abs(value)),
  );
  return Math.max(0, ...gaps);
}

describe("FlowMatchEuler against diffusers", () => {
  it.each(
    golden.cases.map(
      (entry) => [JSON.stringify(entry.config), JSON.stringify(entry.schedule), entry] as const,
    ),
  )("%s with %s", (_config, _schedule, entry) => {
    const { num_inference_steps: numSteps, sigmas, mu } = entry.schedule;
    const schedule = createFlowMatchEuler(entry.config).createSchedule({
      ...(numSteps === undefined ? {} : { numSteps }),
      ...(sigmas === undefined ? {} : { sigmas }),
      ...(mu === undefined ? {} : { mu }),
    });
    expect(largestGap(schedule.sigmas, entry.sigmas)).toBeLessThanOrEqual(1e-7);
    expect(largestGap(schedule.timesteps, entry.timesteps)).toBeLessThanOrEqual(2e-7);
    const sample = runTestLoop(schedule);
    expect(largestGap(sample.slice(-8), entry.last)).toBeLessThanOrEqual(1e-6);
    expect(absoluteSum(sample)).toBeCloseTo(entry.absoluteSum, 3);
  });

  it.each([
    [1, 10, 133.362],
    [3, 10, 129.3495],
    [5, 10, 124.0407],
    [3, 4, 99.1033],
  ])("shift %s in %s steps gives %s", (shift, numSteps, expected) => {
    const schedule = createFlowMatchEuler({ shift }).createSchedule({ numSteps });
    expect(Math.abs(absoluteSum(runTestLoop(schedule)) - expected)).toBeLessThan(1e-3);
  });

  it("shifts twice", () => {
    const { sigmas } = createFlowMatchEuler({ shift: 3 }).createSchedule({ numSteps: 4 });
    expect(largestGap(sigmas, [1, 0.85769, 0.60215, 0.00893, 0])).toBeLessThanOrEqual(1e-5);
  });
});

describe("FlowMatchEuler predicting the sample", () => {
  const config = { prediction_type: "sample", sigma_schedule: "linear" };

  it("walks along the straight line and ends at the prediction", () => {
    const schedule = createFlowMatchEuler(config).createSchedule({ numSteps: 4 });
    expect([...schedule.sigmas]).toEqual([1, 0.75, 0.5, 0.25, 0]);
    const x0 = Float32Array.of(0.5, -0.25);
    const noise = Float32Array.of(2, -1);
    let sample: Float32Array = noise;
    for (let index = 0; index < 4; index++) {
      expect(largestGap(sample, schedule.addNoise(x0, noise, index))).toBeLessThanOrEqual(1e-6);
      sample = schedule.step({ modelOutput: x0, sample, index });
    }
    expect(largestGap(sample, x0)).toBeLessThanOrEqual(1e-6);
  });

  it("is the same walk as with the velocity noise - x0", () => {
    const numSteps = 5;
    const velocities = createFlowMatchEuler({ shift: 2 }).createSchedule({ numSteps });
    const samples = createFlowMatchEuler({ shift: 2, prediction_type: "sample" }).createSchedule({
      numSteps,
    });
    const sample = Float32Array.of(0.3, -1.4);
    const velocity = Float32Array.of(1.1, -0.6);
    const sigma = velocities.sigmas[2] as number;
    const x0 = sample.map((x, i) => x - sigma * (velocity[i] as number));
    const stepped = samples.step({ modelOutput: x0, sample, index: 2 });
    expect(
      largestGap(stepped, velocities.step({ modelOutput: velocity, sample, index: 2 })),
    ).toBeLessThanOrEqual(1e-6);
  });

  it("draws new noise between the levels that the request says, as stochastic_sampling does everywhere", () => {
    const drawNormal = (count: number) => Float32Array.from({ length: count }, (_, i) => 3 - i);
    const request = { numSteps: 4, drawNormal };
    const straight = createFlowMatchEuler(config).createSchedule(request);
    const stochastic = createFlowMatchEuler({ ...config, stochastic_sampling: true }).createSchedule(request);
    const mixed = createFlowMatchEuler(config).createSchedule({ ...request, stochasticLevels: [0.5, 0.8] });
    const modelOutput = Float32Array.of(0.5, -0.25);
    const sample = Float32Array.of(2, -1);
    const like = [straight, stochastic, straight, straight] as const;
    like.forEach((schedule, index) => {
      const expected = schedule.step({ modelOutput, sample, index });
      expect(mixed.step({ modelOutput, sample, index })).toEqual(expected);
    });
    const step = { modelOutput, sample, index: 1 };
    expect(stochastic.step(step)).not.toEqual(straight.step(step));
  });

  it("clips the predicted sample", () => {
    const clipping = createFlowMatchEuler({ ...config, clip_sample: true, clip_sample_range: 1.05 });
    const schedule = clipping.createSchedule({ numSteps: 1 });
    const sample = Float32Array.of(0.25, 0.25, 0.25);
    const stepped = schedule.step({ modelOutput: Float32Array.of(9, -9, 0.5), sample, index: 0 });
    expect(largestGap(stepped, [1.05, -1.05, 0.5])).toBeLessThanOrEqual(1e-6);
  });

  it("leaves its arguments as they are", () => {
    const schedule = createFlowMatchEuler(config).createSchedule({ numSteps: 2 });
    const sample = Float32Array.of(1, 2);
    const modelOutput = Float32Array.of(0, 0);
    schedule.step({ modelOutput, sample, index: 0 });
    expect([...sample, ...modelOutput]).toEqual([1, 2, 0, 0]);
  });
});

describe("FlowMatchEuler's options", () => {
  it("finds mu on the line between the config's two sizes", () => {
    const scheduler = createFlowMatchEuler({ use_dynamic_shifting: true });
    expect(scheduler.dynamicShift?.(256)).toBeCloseTo(0.5, 12);
    expect(scheduler.dynamicShift?.(4096)).toBeCloseTo(1.15, 12);
    expect(scheduler.dynamicShift?.(2176)).toBeCloseTo(0.825, 12);
  });

  it("gives linear levels", () => {
    expect(linearSigmas(4)).toEqual([1, 0.75, 0.5, 0.25]);
  });

  it("refuses steps that are not there, and samples of another size", () => {
    const schedule = createFlowMatchEuler({}).createSchedule({ numSteps: 2 });
    const sample = Float32Array.of(1);
    expect(() => schedule.step({ modelOutput: sample, sample, index: 2 })).toThrow(/no step 2/);
    expect(() => schedule.step({ modelOutput: new Float32Array(2), sample, index: 0 })).toThrow(
      /prediction of 2/,
    );
  });

  it("refuses schedules that it cannot make", () => {
    const scheduler = createFlowMatchEuler({});
    expect(() => scheduler.createSchedule({})).toThrow(/1 step or more/);
    expect(() => scheduler.createSchedule({ numSteps: 0 })).toThrow(/1 step or more/);
    expect(() => scheduler.createSchedule({ numSteps: 3, sigmas: [1, 0.5] })).toThrow(/2 sigmas for 3 steps/);
    expect(() => scheduler.createSchedule({ numSteps: 3, mu: 1 })).toThrow(/takes no mu/);
    const dynamic = createFlowMatchEuler({ use_dynamic_shifting: true });
    expect(() => dynamic.createSchedule({ numSteps: 3 })).toThrow(/needs mu/);
  });
});
