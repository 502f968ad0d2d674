import { AppError } from "@kinora/errors";
import { abortError } from "@kinora/runtime";

/** Runs one task after another. */
export interface SerialQueue {
  /**
   * Runs `task` when its turn comes. When `signal` aborts, this rejects at once: a waiting task is then never
   * started, a running one is left to end by itself, and only then is the next one started.
   */
  run<T>(task: () => Promise<T>, signal?: AbortSignal): Promise<T>;
  /** Rejects all that wait or run, and everything that comes later. */
  close(): void;
}

interface Entry {
  start(): Promise<void>;
  reject(error: unknown): void;
}

/** Creates a queue in which nothing waits. */
export function createSerialQueue(): SerialQueue {
  const waiting: Entry[] = [];
  let active: Entry | undefined;
  let isClosed = false;

  async function pump(): Promise<void> {
    if (active !== undefined) return;
    for (active = waiting.shift(); active !== undefined; active = waiting.shift()) await active.start();
  }

  return {
    run<T>(task: () => Promise<T>, signal?: AbortSignal): Promise<T> {
      return new Promise<T>((resolve, reject) => {
        if (isClosed) return reject(new AppError("draining"));
        if (signal?.aborted) return reject(abortError(signal));
        const onAbort = (): void => {
          const index = waiting.indexOf(entry);
          if (index >= 0) waiting.splice(index, 1);
          if (signal !== undefined) reject(abortError(signal));
        };
        const entry: Entry = {
          reject,
          start: async () => {
            await task().then(resolve, reject);
            signal?.removeEventListener("abort", onAbort);
          },
        };
        signal?.addEventListener("abort", onAbort, { once: true });
        waiting.push(entry);
        void pump();
      });
    },
    close() {
      isClosed = true;
      for (const entry of waiting.splice(0)) entry.reject(new AppError("draining"));
      active?.reject(new AppError("draining"));
    },
  };
}
