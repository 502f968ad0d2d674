import { linspace } from "./numpy-math.ts";
import { assertNumSteps, assertTimesteps } from "./request-levels.ts";
import type { ScheduleOptions } from "./scheduler.ts";

/** The timesteps of one distilled generation. */
export interface DistilledTimesteps {
  readonly timesteps: readonly number[];
  /** Index after whose step no noise is added. */
  readonly lastIndex: number;
}

/** `count` timesteps of a training grid, from its noisy end, at even distances. */
export function pickTimesteps(
  grid: readonly number[],
  request: ScheduleOptions,
  most: number,
): DistilledTimesteps {
  const count = assertNumSteps(request.numSteps, Math.min(grid.length, most));
  const falling = grid.toReversed();
  const timesteps = linspace(0, grid.length, count, false).map((i) => falling[Math.floor(i)] as number);
  return { timesteps, lastIndex: count - 1 };
}

/** The given timesteps, of which `strength` leaves the last ones. */
export function givenTimesteps(request: ScheduleOptions, trained: number): DistilledTimesteps {
  const timesteps = assertTimesteps(request, trained);
  const kept = Math.min(Math.trunc(timesteps.length * (request.strength ?? 1)), timesteps.length);
  // diffusers counts the steps before it cuts them, so that with a strength every step adds noise.
  return { timesteps: timesteps.slice(timesteps.length - kept), lastIndex: timesteps.length - 1 };
}

/** The grid k - 1, 2k - 1, ... of `steps` timesteps on which a network was distilled, up to `strength`. */
export function distilledGrid(trained: number, steps: number, strength = 1): number[] {
  if (steps > trained) throw new RangeError(`The original grid has ${steps} steps of ${trained}.`);
  const k = Math.floor(trained / steps);
  return Array.from({ length: Math.trunc(steps * strength) }, (_, i) => (i + 1) * k - 1);
}
