import { expect, it } from "vitest";
import { denoise } from "./denoise.ts";
import { createScheduler } from "./schedulers/create-scheduler.ts";
import { createFlowMatchEuler } from "./schedulers/flow-match-euler.ts";

const scheduler = createFlowMatchEuler({ prediction_type: "sample", sigma_schedule: "linear" });
const noise = Float32Array.of(2, -1);

it("walks the whole schedule and counts its steps", async () => {
  const target = Float32Array.of(0.5, 0.25);
  const seen: number[] = [];
  const steps = denoise({
    schedule: scheduler.createSchedule({ numSteps: 4 }),
    noise,
    predict: async (_, timestep) => (seen.push(timestep), target),
  });
  for (let completed = 1; completed <= 4; completed++) {
    expect(await steps.next()).toMatchObject({ done: false, value: { completed } });
  }
  const end = await steps.next();
  expect(end.done).toBe(true);
  (end.value as Float32Array).forEach((value, i) => expect(value).toBeCloseTo(target[i] as number, 6));
  expect(seen).toEqual([1000, 750, 500, 250]);
  expect([...noise]).toEqual([2, -1]);
});

it("stops before the next step when aborted", async () => {
  const controller = new AbortController();
  let predictions = 0;
  const steps = denoise({
    schedule: scheduler.createSchedule({ numSteps: 4 }),
    noise,
    predict: async (sample) => (predictions++, sample),
    signal: controller.signal,
  });
  await steps.next();
  controller.abort();
  await expect(steps.next()).rejects.toThrow(/abort/);
  expect(predictions).toBe(1);
});

it("begins half-way from a clean sample", async () => {
  const schedule = scheduler.createSchedule({ numSteps: 4 });
  const original = Float32Array.of(0.5, 0.25);
  const seen: Float32Array[] = [];
  const steps = denoise({
    schedule,
    noise,
    start: { original, index: 2 },
    predict: async (sample) => (seen.push(sample), original),
  });
  expect(await steps.next()).toMatchObject({ done: false, value: { completed: 3 } });
  expect(await steps.next()).toMatchObject({ done: false, value: { completed: 4 } });
  const end = (await steps.next()).value as Float32Array;
  end.forEach((value, i) => expect(value).toBeCloseTo(original[i] as number, 6));
  expect(seen).toHaveLength(2);
  expect(seen[0]).toEqual(schedule.addNoise(original, noise, 2));
});

it.each([
  ["HeunDiscreteScheduler", { beta_schedule: "linear" }, 9],
  ["PNDMScheduler", { skip_prk_steps: true }, 6],
])("counts the steps of %s, whose network calls are more", async (className, options, calls) => {
  const schedule = createScheduler({ _class_name: className, ...options }).createSchedule({ numSteps: 5 });
  const progress: number[] = [];
  const steps = denoise({ schedule, noise, predict: async (sample) => sample });
  for await (const { completed } of steps) progress.push(completed);
  expect(progress).toHaveLength(calls);
  expect(progress.toSorted((a, b) => a - b)).toEqual(progress);
  expect(progress.at(-1)).toBe(5);
});
