import type { types } from "@kinora/contracts";
import {
  type DenoiseOptions,
  denoise,
  type Schedule,
  type ScheduleOptions,
  type Scheduler,
} from "@kinora/diffusion";
import { AppError, errorMessage } from "@kinora/errors";

/** The fields that every denoise stage's request has. */
interface DenoiseRequest {
  readonly target?: types.StageTarget | undefined;
  readonly numInferenceSteps: number;
}

/** A progress event, as every stage's response has it. */
export interface ProgressEvent {
  readonly event: {
    readonly case: "progress";
    readonly value: { readonly completed: number; readonly total: number };
  };
}

/** The progress event of a stage that is so far. */
export function progressEvent(completed: number, total: number): ProgressEvent {
  return { event: { case: "progress", value: { completed, total } } };
}

/** Where a denoise stage writes, and its steps; `invalid_request` if either is missing. */
export function readDenoiseRequest(request: DenoiseRequest): { target: types.StageTarget; total: number } {
  const { target, numInferenceSteps: total } = request;
  if (!target) throw new AppError("invalid_request", { reason: "target is missing." });
  if (total < 1) throw new AppError("invalid_request", { reason: "num_inference_steps must be 1 or more." });
  return { target, total };
}

/** A schedule for a request: what its scheduler cannot do is the request's fault, `invalid_request`. */
export function createRequestSchedule(scheduler: Scheduler, options: ScheduleOptions): Schedule {
  try {
    return scheduler.createSchedule(options);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new AppError("invalid_request", { reason: errorMessage(error) }, { cause: error });
  }
}

/**
 * Runs a denoise loop: gives a stage's progress events and returns the sample. Each step is asked for before the one
 * that is done is told, so that the network computes while the news travels.
 */
export async function* denoiseStage(options: DenoiseOptions): AsyncGenerator<ProgressEvent, Float32Array> {
  const steps = denoise(options);
  let step = await steps.next();
  while (!step.done) {
    const next = steps.next();
    // Whoever stops listening leaves a step behind; its failure is nobody's then.
    next.catch(() => {});
    yield progressEvent(step.value.completed, options.schedule.numSteps);
    step = await next;
  }
  return step.value;
}
