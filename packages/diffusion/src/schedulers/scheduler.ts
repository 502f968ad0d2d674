/** A sampling algorithm, made from a scheduler_config.json. It holds no state: that lives in its schedules. */
export interface Scheduler<S extends Schedule = Schedule> {
  /** diffusers' class name. */
  readonly className: string;
  /** Network calls per step, as diffusers counts them: step k begins at call k * order of a schedule. */
  readonly order: number;
  /** `mu` for a picture of so many tokens; there exactly when the config shifts dynamically. */
  readonly dynamicShift?: (imageSeqLen: number) => number;
  /** The noise levels and the state of one generation. Throws RangeError for options that do not fit. */
  createSchedule(options: ScheduleOptions): S;
}

/** The next `count` values of a standard normal distribution: `randn` of a TorchGenerator. */
export type DrawNormal = (count: number) => Float32Array;

/** Which noise levels a generation visits, and how. */
export interface ScheduleOptions {
  /** Number of denoise steps; may be left out when `sigmas` or `timesteps` are given. */
  readonly numSteps?: number;
  /** Timesteps to visit, falling, where diffusers' class takes them. */
  readonly timesteps?: readonly number[];
  /** Noise levels to visit, falling, where diffusers' class takes them; flow matching: before shifting, without the final 0. */
  readonly sigmas?: readonly number[];
  /** Shift for the picture's size; needed exactly when a flow-matching scheduler shifts dynamically. */
  readonly mu?: number;
  /** LCM and TCD: how much of the original grid is visited, 0..1; 1 if absent. */
  readonly strength?: number;
  /** LCM and TCD: steps of the original grid, in place of the config's. */
  readonly originalSteps?: number;
  /** DDIM and TCD: how much noise each step adds, 0..1; 0 if absent, as diffusers' pipelines give it. */
  readonly eta?: number;
  /** Flow matching: steps between these noise levels draw new noise, in place of all or none (`stochastic_sampling`). */
  readonly stochasticLevels?: StochasticLevels;
  /** Euler: noise added before each step; none if absent. */
  readonly churn?: Churn;
  /** Samples that lie one after another in each array; 1 if absent. */
  readonly batchSize?: number;
  /** Where a stochastic scheduler draws its noise; each draw has the sample's size. */
  readonly drawNormal?: DrawNormal;
}

/** Noise levels from `lowest` to `highest`, both included: the s_tmin and s_tmax of Karras et al. (arXiv 2206.00364). */
export type StochasticLevels = readonly [lowest: number, highest: number];

/** Stochasticity of Karras et al. (arXiv 2206.00364), algorithm 2; its symbols. */
export interface Churn {
  readonly sChurn: number;
  /** 0 if absent. */
  readonly sTmin?: number;
  /** Infinity if absent. */
  readonly sTmax?: number;
  /** 1 if absent. */
  readonly sNoise?: number;
}

/**
 * One generation's steps: one entry of `timesteps` for each network call. Samples are flat arrays of any shape;
 * nothing is changed in place. Some schedulers remember earlier predictions, so the steps of a schedule are taken in
 * order, once, beginning anywhere.
 */
export interface Schedule {
  /** What the network is told at each call. */
  readonly timesteps: Float32Array;
  /** Denoise steps; fewer or more than the network calls with Heun and PNDM. */
  readonly numSteps: number;
  /** Factor on the standard normal noise that a generation starts from. */
  readonly initNoiseSigma: number;
  /** The sample as the network takes it at call `index`. */
  scaleModelInput(sample: Float32Array, index: number): Float32Array;
  /** The sample after call `index`, from the network's prediction. Throws RangeError out of order or range. */
  step(options: StepOptions): Float32Array;
  /** A clean sample at the noise level of call `index`, from which a generation can start half-way. */
  addNoise(original: Float32Array, noise: Float32Array, index: number): Float32Array;
}

/** A schedule whose algorithm works on sigmas. */
export interface SigmaSchedule extends Schedule {
  /** Noise level before each call, and after the last one. */
  readonly sigmas: Float32Array;
}

/** What a denoise step starts from. */
export interface StepOptions {
  /** The network's (guided) prediction. */
  readonly modelOutput: Float32Array;
  readonly sample: Float32Array;
  /** Number of the network call, from 0. */
  readonly index: number;
}
