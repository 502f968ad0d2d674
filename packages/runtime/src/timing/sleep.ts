import { setTimeout as delay } from "node:timers/promises";
import { abortError, throwIfAborted } from "./abort-error.ts";

/** Waits `ms` milliseconds. An abort ends the wait at once with the AppError of `abortError`. */
export async function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  throwIfAborted(signal);
  try {
    await delay(ms, undefined, signal === undefined ? {} : { signal });
  } catch (error) {
    throw signal?.aborted ? abortError(signal) : error;
  }
}
