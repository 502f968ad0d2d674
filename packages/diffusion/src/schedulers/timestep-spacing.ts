import { arange, linspace, roundHalfToEven } from "./numpy-math.ts";
import { choiceOption, integerOption } from "./read-options.ts";

/** Where the n timesteps of a generation lie among the T of the training (Lin et al., arXiv 2305.08891, table 2). */
export type TimestepSpacing = "linspace" | "leading" | "trailing";

/** `timestep_spacing` and `steps_offset` of the classes whose default is "linspace". */
export const LINSPACE_OPTIONS = {
  timestep_spacing: choiceOption<TimestepSpacing>("linspace", "leading", "trailing"),
  steps_offset: integerOption(0),
};

/** The same of the classes whose default is "leading". */
export const LEADING_OPTIONS = {
  timestep_spacing: choiceOption<TimestepSpacing>("leading", "linspace", "trailing"),
  steps_offset: integerOption(0),
};

/** How timesteps are chosen; the options under diffusers' names. */
export interface SpacingOptions {
  readonly num_train_timesteps: number;
  readonly timestep_spacing: TimestepSpacing;
  readonly steps_offset: number;
}

/** `numSteps` falling timesteps of the classes with one grid point for each step; linspace's are not rounded. */
export function spacedTimesteps(options: SpacingOptions, numSteps: number): number[] {
  const { num_train_timesteps: count, steps_offset: offset } = options;
  switch (options.timestep_spacing) {
    case "linspace":
      return linspace(0, count - 1, numSteps).toReversed();
    case "leading":
      return leading(Math.floor(count / numSteps), numSteps).map((t) => t + offset);
    case "trailing":
      return trailing(count, count / numSteps, numSteps);
  }
}

/** The same, all whole. */
export function wholeTimesteps(options: SpacingOptions, numSteps: number): number[] {
  return spacedTimesteps(options, numSteps).map(roundHalfToEven);
}

/** The timesteps of the multistep solvers: a grid of one point more, from `last` - 1 down, without its end. */
export function solverTimesteps(options: SpacingOptions, numSteps: number, last: number): number[] {
  const { num_train_timesteps: count, steps_offset: offset } = options;
  switch (options.timestep_spacing) {
    case "linspace":
      return linspace(0, last - 1, numSteps + 1)
        .map(roundHalfToEven)
        .toReversed()
        .slice(0, -1);
    case "leading":
      return leading(Math.floor(last / (numSteps + 1)), numSteps + 1)
        .slice(0, -1)
        .map((t) => t + offset);
    case "trailing":
      return trailing(last, count / numSteps, numSteps);
  }
}

function leading(ratio: number, count: number): number[] {
  if (ratio < 1) throw new RangeError(`Leading timestep spacing has no room for ${count} timesteps.`);
  return Array.from({ length: count }, (_, i) => (count - 1 - i) * ratio);
}

/**
 * At some step counts (61 of 1000) numpy's arange has one value too many, from which diffusers makes timestep -1; that
 * one is left out here.
 */
function trailing(from: number, ratio: number, most: number): number[] {
  return arange(from, 0, -ratio)
    .slice(0, most)
    .map((t) => roundHalfToEven(t) - 1);
}
