/** Where a stage's time goes: inside model runs, and in all. Seconds. */
export interface StageClock {
  /** Times one model run. */
  model<T>(run: () => Promise<T>): Promise<T>;
  /** As types.v1.StageTimings. */
  timings(): { modelS: number; totalS: number };
}

/** Starts a clock at the moment a stage begins. */
export function createStageClock(): StageClock {
  const startMs = performance.now();
  let modelMs = 0;
  return {
    async model(run) {
      const beginMs = performance.now();
      try {
        return await run();
      } finally {
        modelMs += performance.now() - beginMs;
      }
    },
    timings: () => ({ modelS: modelMs / 1000, totalS: (performance.now() - startMs) / 1000 }),
  };
}
