import type { Schedule } from "./schedulers/scheduler.ts";

/** The (guided) network: its prediction for a sample that it takes at a timestep. */
export type Predict = (sample: Float32Array, timestep: number) => Promise<Float32Array>;

/** What a generation runs on. */
export interface DenoiseOptions {
  readonly schedule: Schedule;
  /** Standard normal noise in the sample's shape. */
  readonly noise: Float32Array;
  readonly predict: Predict;
  /** Stops before the next step: the generator throws the signal's reason. */
  readonly signal?: AbortSignal;
}

/** Goes from noise to a sample: yields the number of steps done after each, and returns the sample. */
export async function* denoise(options: DenoiseOptions): AsyncGenerator<number, Float32Array, undefined> {
  const { schedule, noise, predict, signal } = options;
  let sample: Float32Array = noise.map((value) => value * schedule.initNoiseSigma);
  for (const [index, timestep] of schedule.timesteps.entries()) {
    signal?.throwIfAborted();
    const modelOutput = await predict(schedule.scaleModelInput(sample, index), timestep);
    sample = schedule.step({ modelOutput, sample, index });
    yield index + 1;
  }
  return sample;
}
