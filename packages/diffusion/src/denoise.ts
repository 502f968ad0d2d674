import { combine } from "./schedulers/linear-combination.ts";
import type { Schedule } from "./schedulers/scheduler.ts";

/** The (guided) network: its prediction for a sample that it takes at a timestep. */
export type Predict = (sample: Float32Array, timestep: number) => Promise<Float32Array>;

/** A clean sample that a generation begins from, and the network call that it begins at. */
export interface StartImage {
  readonly original: Float32Array;
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

/** Where a generation is after a network call. */
export interface DenoiseProgress {
  /** How many of the schedule's `numSteps` are done; those before a start count as done. */
  readonly completed: number;
  readonly sample: Float32Array;
}

/** Goes from noise to a sample: yields after each network call and returns the last sample. */
export async function* denoise(
  options: DenoiseOptions,
): AsyncGenerator<DenoiseProgress, Float32Array, undefined> {
  const { schedule, noise, predict, start, signal } = options;
  const count = schedule.timesteps.length;
  let sample: Float32Array = start
    ? schedule.addNoise(start.original, noise, start.index)
    : combine([schedule.initNoiseSigma, noise]);
  for (let index = start?.index ?? 0; index < count; index++) {
    signal?.throwIfAborted();
    const timestep = schedule.timesteps[index] as number;
    const modelOutput = await predict(schedule.scaleModelInput(sample, index), timestep);
    sample = schedule.step({ modelOutput, sample, index });
    yield { completed: Math.floor(((index + 1) * schedule.numSteps) / count), sample };
  }
  return sample;
}
