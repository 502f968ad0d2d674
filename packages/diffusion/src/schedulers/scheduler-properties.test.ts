import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createTorchGenerator } from "../noise.ts";
import { createScheduler } from "./create-scheduler.ts";
import type { Schedule, SigmaSchedule } from "./scheduler.ts";

const SIGMA_CLASSES = ["EulerDiscreteScheduler", "LMSDiscreteScheduler", "EulerAncestralDiscreteScheduler"];
const SOLVERS = ["DPMSolverMultistepScheduler", "UniPCMultistepScheduler"];
const CLASSES = [
  ...SIGMA_CLASSES,
  ...SOLVERS,
  "DDIMScheduler",
  "DDPMScheduler",
  "HeunDiscreteScheduler",
  "LCMScheduler",
  "PNDMScheduler",
  "TCDScheduler",
];

const STABLE_DIFFUSION = { beta_start: 0.00085, beta_end: 0.012, beta_schedule: "scaled_linear" };

function makeSchedule(className: string, options: object, numSteps: number, seed = 0): Schedule {
  const scheduler = createScheduler({ _class_name: className, ...STABLE_DIFFUSION, ...options });
  const { randn: drawNormal } = createTorchGenerator(seed);
  return scheduler.createSchedule({ numSteps, drawNormal, eta: 0.5 });
}

function runSchedule(schedule: Schedule): Float32Array {
  let sample: Float32Array = createTorchGenerator(1)
    .randn(48)
    .map((x) => x * schedule.initNoiseSigma);
  for (const [index, t] of schedule.timesteps.entries()) {
    const modelOutput = schedule.scaleModelInput(sample, index).map((x) => 0.6 * x + t / 5000);
    sample = schedule.step({ modelOutput, sample, index });
  }
  return sample;
}

const spacings = fc.constantFrom("linspace", "leading", "trailing");

describe("any schedule", () => {
  it("falls strictly and stays in the training's range", () => {
    const classes = fc.constantFrom(...CLASSES.filter((name) => !/PNDM|Heun|LCM|TCD/.test(name)));
    fc.assert(
      fc.property(classes, spacings, fc.integer({ min: 1, max: 250 }), (className, spacing, numSteps) => {
        const { timesteps } = makeSchedule(className, { timestep_spacing: spacing }, numSteps);
        expect(timesteps).toHaveLength(numSteps);
        for (const [i, t] of timesteps.entries()) {
          expect(t).toBeGreaterThanOrEqual(0);
          expect(t).toBeLessThan(i === 0 ? 1000 : (timesteps[i - 1] as number));
        }
      }),
    );
  });

  it("has no timestep -1 where diffusers has one step too many", () => {
    const { timesteps } = makeSchedule("DDIMScheduler", { timestep_spacing: "trailing" }, 61);
    expect(timesteps).toHaveLength(61);
    expect(timesteps.at(-1)).toBe(15);
  });

  it("has sigmas that fall and end at 0", () => {
    const classes = fc.constantFrom(...SIGMA_CLASSES, ...SOLVERS, "HeunDiscreteScheduler");
    const kinds = fc.constantFrom(
      {},
      { use_karras_sigmas: true },
      { use_exponential_sigmas: true },
      { use_beta_sigmas: true },
    );
    fc.assert(
      fc.property(
        classes,
        spacings,
        kinds,
        fc.integer({ min: 1, max: 40 }),
        (className, spacing, kind, numSteps) => {
          const options = { ...kind, timestep_spacing: spacing };
          const { sigmas, timesteps } = makeSchedule(className, options, numSteps) as SigmaSchedule;
          expect(sigmas).toHaveLength(timesteps.length + 1);
          expect(sigmas.at(-1)).toBe(0);
          for (let i = 1; i < sigmas.length; i++) {
            expect(sigmas[i]).toBeLessThanOrEqual(sigmas[i - 1] as number);
          }
        },
      ),
    );
  });

  it("gives the same sample from the same seed, and another from another where it draws", () => {
    fc.assert(
      fc.property(fc.constantFrom(...CLASSES), fc.integer({ min: 4, max: 12 }), (className, numSteps) => {
        const sampleOf = (seed: number): Float32Array =>
          runSchedule(makeSchedule(className, {}, numSteps, seed));
        expect(sampleOf(3)).toEqual(sampleOf(3));
        const draws = /DDIM|DDPM|Ancestral|LCM|TCD/.test(className);
        expect(sampleOf(3).every((value, i) => value === sampleOf(4)[i])).toBe(!draws);
      }),
      { numRuns: 40 },
    );
  });

  it("leaves its arguments as they are", () => {
    fc.assert(
      fc.property(fc.constantFrom(...CLASSES), (className) => {
        const schedule = makeSchedule(className, {}, 5);
        const sample = Float32Array.of(1, -2, 0.5);
        const modelOutput = Float32Array.of(0.1, 0.2, -0.3);
        for (const index of schedule.timesteps.keys()) {
          schedule.scaleModelInput(sample, index);
          schedule.addNoise(sample, modelOutput, index);
          schedule.step({ modelOutput, sample, index });
        }
        expect(sample).toEqual(Float32Array.of(1, -2, 0.5));
        expect(modelOutput).toEqual(Float32Array.of(0.1, 0.2, -0.3));
      }),
    );
  });

  it.each(CLASSES)("%s refuses steps out of range and predictions of another size", (className) => {
    const schedule = makeSchedule(className, {}, 5);
    const sample = Float32Array.of(1, 2);
    const index = schedule.timesteps.length;
    expect(() => schedule.step({ modelOutput: sample, sample, index })).toThrow(/no step/);
    expect(() => schedule.addNoise(sample, sample, index)).toThrow(/no step/);
    expect(() => schedule.step({ modelOutput: new Float32Array(3), sample, index: 0 })).toThrow(/2 values/);
  });

  it.each(CLASSES)("%s refuses step counts and levels that it cannot have", (className) => {
    expect(() => makeSchedule(className, {}, 0)).toThrow(/1 step or more, got 0/);
    expect(() => makeSchedule(className, {}, 1001)).toThrow(/at most, got 1001/);
    const scheduler = createScheduler({ _class_name: className });
    expect(() => scheduler.createSchedule({ numSteps: 4, mu: 1 })).toThrow(/takes no mu/);
  });
});

describe("schedules that remember", () => {
  const sample = Float32Array.of(1, 2);

  it.each(["PNDMScheduler", "HeunDiscreteScheduler", "LMSDiscreteScheduler", ...SOLVERS])(
    "%s refuses steps out of order",
    (className) => {
      const schedule = makeSchedule(className, {}, 5);
      schedule.step({ modelOutput: sample, sample, index: 0 });
      expect(() => schedule.step({ modelOutput: sample, sample, index: 0 })).toThrow(
        /0 does not follow step 0/,
      );
      expect(() => schedule.step({ modelOutput: sample, sample, index: 2 })).toThrow(
        /2 does not follow step 0/,
      );
    },
  );

  it("keep their state to themselves", () => {
    const scheduler = createScheduler({ _class_name: "DPMSolverMultistepScheduler" });
    const [first, second] = [0, 1].map(() => scheduler.createSchedule({ numSteps: 4 })) as [
      Schedule,
      Schedule,
    ];
    const step = { modelOutput: sample, sample, index: 0 };
    expect(first.step(step)).toEqual(second.step(step));
  });
});

describe("noise", () => {
  it.each([
    ["EulerAncestralDiscreteScheduler", {}, 4],
    ["DPMSolverMultistepScheduler", { algorithm_type: "sde-dpmsolver++" }, 4],
    ["DDIMScheduler", {}, 4],
    ["LCMScheduler", {}, 3],
    ["TCDScheduler", {}, 3],
    ["DDPMScheduler", {}, 3],
    ["EulerDiscreteScheduler", {}, 0],
  ])("is drawn by %s %j %d times in 4 steps, in the sample's size", (className, options, draws) => {
    const counts: number[] = [];
    const scheduler = createScheduler({ _class_name: className, ...options });
    const drawNormal = (count: number) => (counts.push(count), new Float32Array(count));
    runSchedule(scheduler.createSchedule({ numSteps: 4, drawNormal, eta: 0.5 }));
    expect(counts).toEqual(Array.from({ length: draws }, () => 48));
  });

  it("is asked for when it is missing", () => {
    const schedule = createScheduler({ _class_name: "LCMScheduler" }).createSchedule({ numSteps: 2 });
    expect(() => runSchedule(schedule)).toThrow(/LCMScheduler adds noise .* needs drawNormal/);
  });
});
