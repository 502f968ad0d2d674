import { abortError } from "@kinora/runtime";

/** A fixed number of places, given out in the order of asking. */
export interface Slots {
  /** A place if one is free; undefined otherwise. */
  tryAcquire(): (() => void) | undefined;
  /** Waits for a place; the returned function gives it back. Rejects when `signal` aborts first. */
  acquire(signal?: AbortSignal): Promise<() => void>;
}

/** Creates `count` free places. */
export function createSlots(count: number): Slots {
  const waiting: (() => void)[] = [];
  let free = count;

  function releaseOnce(): () => void {
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      const next = waiting.shift();
      if (next === undefined) free++;
      else next();
    };
  }

  function tryAcquire(): (() => void) | undefined {
    if (free === 0) return undefined;
    free--;
    return releaseOnce();
  }

  return {
    tryAcquire,
    acquire: (signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(abortError(signal));
        const release = tryAcquire();
        if (release !== undefined) return resolve(release);
        const take = (): void => {
          signal?.removeEventListener("abort", onAbort);
          resolve(releaseOnce());
        };
        const onAbort = (): void => {
          waiting.splice(waiting.indexOf(take), 1);
          if (signal !== undefined) reject(abortError(signal));
        };
        signal?.addEventListener("abort", onAbort, { once: true });
        waiting.push(take);
      }),
  };
}
