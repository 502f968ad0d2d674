/** Where a stage's time goes: inside model runs, and in all. */
export interface StageClock {
  /** Adds one run; give it to every call of the engine. */
  readonly onComputed: (computedMs: number) => void;
  /** As types.v1.StageTimings, in seconds. */
  timings(): { modelS: number; totalS: number };
}

/** Starts a clock at the moment a stage begins. */
export function createStageClock(): StageClock {
  const startMs = performance.now();
  let modelMs = 0;
  return {
    onComputed: (computedMs) => {
      modelMs += computedMs;
    },
    timings: () => ({ modelS: modelMs / 1000, totalS: (performance.now() - startMs) / 1000 }),
  };
}
