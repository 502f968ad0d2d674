import type { Schedule } from "./schedulers/scheduler.ts";

/** The (guided) network: its prediction for a sample that it takes at a timestep. */
export type Predict = (sample: Float32Array, timestep: number) => Promise<Float32Array>;

/** A clean sample that a generation begins from, and the network call that it begins at. */
export interface StartImage {
  readonly original: Float32Array;
  /** (n - min(floor(n * strength), n)) * order of the scheduler, for n steps. */
  readonly index: number;
}

/** What a generation runs on. */
export interface DenoiseOptions {
  readonly schedule: Schedule;
  /** Standard normal noise in the sample's shape. */
  readonly noise: Float32Array;
  readonly predict: Predict;
  /** What is seen through the noise at the start; nothing if absent. */
  readonly start?: StartImage;
  /** Stops before the next step: the generator throws the signal's reason. */
  readonly signal?: AbortSignal;
}

/**
 * Goes from noise to a sample: yields, after each network call, how many of the schedule's `numSteps` are done, and
 * returns the sample. Steps before a start count as done.
 */
export async function* denoise(options: DenoiseOptions): AsyncGenerator<number, Float32Array, undefined> {
  const { schedule, noise, predict, start, signal } = options;
  const count = schedule.timesteps.length;
  let sample: Float32Array = start
    ? schedule.addNoise(start.original, noise, start.index)
    : noise.map((value) => value * schedule.initNoiseSigma);
  for (let index = start?.index ?? 0; index < count; index++) {
    signal?.throwIfAborted();
    const timestep = schedule.timesteps[index] as number;
    const modelOutput = await predict(schedule.scaleModelInput(sample, index), timestep);
    sample = schedule.step({ modelOutput, sample, index });
    yield Math.floor(((index + 1) * schedule.numSteps) / count);
  }
  return sample;
}
