import type { DatabaseSync } from "node:sqlite";

/** Idle latency of what another process wrote to the same file. */
const POLL_MS = 75;

/** Tells listeners of changes: at once for this process's writes, by polling for those of others. */
export interface ChangeFeed {
  /** This process changed a job. */
  announce(id: string): void;
  /** Listens to one job. Returns the way to stop. */
  onJob(id: string, changed: () => void): () => void;
  /** Called on every change anywhere and on every poll. Returns the way to stop. */
  onTick(tick: () => void): () => void;
  close(): void;
}

/** Polls `PRAGMA data_version`, which moves when another connection commits, while anyone listens. */
export function createChangeFeed(db: DatabaseSync): ChangeFeed {
  const byJob = new Map<string, Set<() => void>>();
  const ticks = new Set<() => void>();
  const version = db.prepare("PRAGMA data_version");
  const readVersion = (): unknown => version.get()?.["data_version"];
  // A file that cannot be read just now is looked at again at the next poll.
  const tryReadVersion = (): unknown => {
    try {
      return readVersion();
    } catch {
      return seen;
    }
  };
  let seen = readVersion();
  let timer: NodeJS.Timeout | undefined;

  const poll = (): void => {
    const now = tryReadVersion();
    if (now !== seen)
      for (const listeners of [...byJob.values()]) for (const changed of [...listeners]) changed();
    seen = now;
    for (const tick of [...ticks]) tick();
  };
  const schedule = (): void => {
    const wanted = byJob.size > 0 || ticks.size > 0;
    if (wanted) timer ??= setInterval(poll, POLL_MS);
    if (wanted || timer === undefined) return;
    clearInterval(timer);
    timer = undefined;
  };
  return {
    announce: (id) => {
      for (const changed of [...(byJob.get(id) ?? [])]) changed();
      for (const tick of [...ticks]) tick();
    },
    onJob: (id, changed) => {
      const listeners = byJob.get(id) ?? new Set();
      byJob.set(id, listeners.add(changed));
      schedule();
      return () => {
        listeners.delete(changed);
        if (listeners.size === 0 && byJob.get(id) === listeners) byJob.delete(id);
        schedule();
      };
    },
    onTick: (tick) => {
      ticks.add(tick);
      schedule();
      return () => {
        ticks.delete(tick);
        schedule();
      };
    },
    close: () => {
      byJob.clear();
      ticks.clear();
      schedule();
    },
  };
}
