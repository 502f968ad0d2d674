/** Runs at most `places` of the given jobs at once, the others in order of arrival. */
export type Gate = <T>(work: () => Promise<T>) => Promise<T>;

/** Makes a gate: decoding pictures takes 64 MiB each, whoever sends them. */
export function createGate(places: number): Gate {
  let taken = 0;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (taken >= places) await new Promise<void>((resolve) => waiting.push(resolve));
    else taken += 1;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      // The place goes straight to the next in line, so `taken` stays.
      if (next) next();
      else taken -= 1;
    }
  };
}
