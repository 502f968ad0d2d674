import type { DrawNormal, ScheduleOptions } from "./scheduler.ts";

/** The parts of ScheduleOptions that choose noise levels and that only some classes take. */
export type LevelChoice = "timesteps" | "sigmas" | "mu" | "strength" | "originalSteps";

const CHOICES: readonly LevelChoice[] = ["timesteps", "sigmas", "mu", "strength", "originalSteps"];

/** Throws RangeError if the request has a choice that the class does not take. */
export function assertChoices(
  className: string,
  options: ScheduleOptions,
  taken: readonly LevelChoice[],
): void {
  for (const choice of CHOICES) {
    if (options[choice] !== undefined && !taken.includes(choice)) {
      throw new RangeError(`${className} takes no ${choice}.`);
    }
  }
}

/** The number of steps, from 1 to `most`; otherwise RangeError. */
export function assertNumSteps(numSteps: number | undefined, most = Number.MAX_SAFE_INTEGER): number {
  if (numSteps === undefined || !Number.isSafeInteger(numSteps) || numSteps < 1) {
    throw new RangeError(`A schedule needs 1 step or more, got ${numSteps}.`);
  }
  if (numSteps > most) throw new RangeError(`A schedule has ${most} steps at most, got ${numSteps}.`);
  return numSteps;
}

/** The given timesteps, falling and within 0..`count` - 1; otherwise RangeError. */
export function assertTimesteps(options: ScheduleOptions, count: number): readonly number[] {
  const { timesteps = [], numSteps } = options;
  const falls = timesteps.every((t, i) => t >= 0 && t < (i === 0 ? count : (timesteps[i - 1] as number)));
  if (timesteps.length === 0 || !falls) {
    throw new RangeError(
      `Timesteps must fall from below ${count} to 0 or above, got ${timesteps.join(", ")}.`,
    );
  }
  if (numSteps !== undefined && numSteps !== timesteps.length) {
    throw new RangeError(`Got ${timesteps.length} timesteps for ${numSteps} steps.`);
  }
  return timesteps;
}

/** The request's noise; without one, a draw throws RangeError. */
export function requestNoise(className: string, options: ScheduleOptions): DrawNormal {
  return (
    options.drawNormal ??
    (() => {
      throw new RangeError(`${className} adds noise on its steps and needs drawNormal.`);
    })
  );
}
