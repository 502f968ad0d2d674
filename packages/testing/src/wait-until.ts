import { setTimeout as delay } from "node:timers/promises";

/** How long and how often `waitUntil` looks. */
export interface WaitOptions {
  /** Milliseconds before it gives up; 10 s unless told. */
  readonly timeoutMs?: number;
  /** Milliseconds between two looks; 20 unless told. */
  readonly intervalMs?: number;
  /** What is awaited, for the message of the failure. */
  readonly what?: string;
}

/**
 * Calls `look` until it returns something truthy, and returns that. A throw of `look` counts as
 * "not yet" and becomes the cause if the time runs out.
 */
export async function waitUntil<T>(look: () => T | Promise<T>, options: WaitOptions = {}): Promise<T> {
  const { timeoutMs = 10_000, intervalMs = 20, what = "the condition" } = options;
  const endsAt = performance.now() + timeoutMs;
  for (;;) {
    let cause: unknown;
    try {
      const seen = await look();
      if (seen) return seen;
    } catch (error) {
      cause = error;
    }
    if (performance.now() >= endsAt) throw new Error(`Waited ${timeoutMs} ms for ${what}.`, { cause });
    await delay(intervalMs);
  }
}
