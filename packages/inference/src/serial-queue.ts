import { AppError } from "@kinora/errors";
import { abortError } from "@kinora/runtime";

/** Lets the queue's next task start before this one has ended. */
export type HandOver = () => void;

/** Runs one task after another. */
export interface SerialQueue {
  /**
   * Runs `task` when its turn comes. When `signal` aborts, this rejects at once: a waiting task is then never
   * started, a running one is left to end by itself, and only then, or when it hands over, is the next one started.
   */
  run<T>(task: (handOver: HandOver) => Promise<T>, signal?: AbortSignal): Promise<T>;
  /** Rejects all that wait or run, and everything that comes later. */
  close(): void;
}

interface Entry {
  /** Resolves when the next one may start. */
  start(): Promise<void>;
  reject(error: unknown): void;
}

/** Creates a queue in which nothing waits. */
export function createSerialQueue(): SerialQueue {
  const waiting: Entry[] = [];
  const running = new Set<Entry>();
  let isPumping = false;
  let isClosed = false;

  async function pump(): Promise<void> {
    if (isPumping) return;
    isPumping = true;
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await next.start();
    isPumping = false;
  }

  return {
    run<T>(task: (handOver: HandOver) => Promise<T>, signal?: AbortSignal): Promise<T> {
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
          start: () =>
            new Promise<void>((handOver) => {
              running.add(entry);
              const end = (): void => {
                signal?.removeEventListener("abort", onAbort);
                running.delete(entry);
                handOver();
              };
              task(handOver).then(resolve, reject).finally(end);
            }),
        };
        signal?.addEventListener("abort", onAbort, { once: true });
        waiting.push(entry);
        void pump();
      });
    },
    close() {
      isClosed = true;
      for (const entry of [...waiting.splice(0), ...running]) entry.reject(new AppError("draining"));
    },
  };
}
