/** A sampling algorithm, made from a scheduler_config.json. */
export interface Scheduler {
  /** diffusers' class name. */
  readonly className: string;
  /** The noise levels of one generation. */
  createSchedule(options: ScheduleOptions): Schedule;
}

/** Which noise levels a generation visits. */
export interface ScheduleOptions {
  /** Number of denoise steps; may be left out when `sigmas` are given. */
  readonly numSteps?: number;
  /** Noise levels before shifting, falling, without the final 0. Absent: the scheduler's own. */
  readonly sigmas?: readonly number[];
  /** Shift for the picture's size; needed exactly when the scheduler shifts dynamically. */
  readonly mu?: number;
}

/** One generation's steps. Samples are flat arrays of any shape; nothing is changed in place. */
export interface Schedule {
  /** What the network is told at each step. */
  readonly timesteps: Float32Array;
  /** Noise level before each step, and after the last one. */
  readonly sigmas: Float32Array;
  /** Factor on the standard normal noise that a generation starts from. */
  readonly initNoiseSigma: number;
  /** The sample as the network takes it at step `index`. */
  scaleModelInput(sample: Float32Array, index: number): Float32Array;
  /** One denoise step: the sample at noise level `sigmas[index + 1]`. */
  step(options: StepOptions): Float32Array;
  /** A clean sample at the noise level of step `index`, from which a generation can start half-way. */
  addNoise(original: Float32Array, noise: Float32Array, index: number): Float32Array;
}

/** What a denoise step starts from. */
export interface StepOptions {
  /** The network's (guided) prediction. */
  readonly modelOutput: Float32Array;
  readonly sample: Float32Array;
  /** Step number, from 0. */
  readonly index: number;
}
