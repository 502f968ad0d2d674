import type { DatabaseSync } from "node:sqlite";
import { createJobListeners } from "../job-listeners.ts";

/** Idle latency of what another process wrote to the same file. */
const POLL_MS = 75;

/** Tells listeners of changes: at once for this process's writes, by polling for those of others. */
export interface ChangeFeed {
  /** This process changed a job. */
  announce(id: string): void;
  /** Listens to one job. Returns the way to stop. */
  onJob(id: string, changed: () => void): () => void;
  /** Called on every change of this process and on every poll. Returns the way to stop. */
  onTick(tick: () => void): () => void;
  close(): void;
}

/** Polls while anyone listens. */
export function createChangeFeed(db: DatabaseSync): ChangeFeed {
  const jobs = createJobListeners();
  const ticks = new Set<() => void>();
  const othersWrote = createWriteDetector(db);
  let timer: NodeJS.Timeout | undefined;

  const tickAll = (): void => {
    for (const tick of ticks) tick();
  };
  const poll = (): void => {
    if (othersWrote()) jobs.notifyAll();
    tickAll();
  };
  const schedule = (): void => {
    const wanted = !jobs.empty || ticks.size > 0;
    if (wanted) timer ??= setInterval(poll, POLL_MS);
    if (wanted || timer === undefined) return;
    clearInterval(timer);
    timer = undefined;
  };
  const whileListening = (stop: () => void): (() => void) => {
    schedule();
    return () => {
      stop();
      schedule();
    };
  };
  return {
    announce: (id) => {
      jobs.notify(id);
      tickAll();
    },
    onJob: (id, changed) => whileListening(jobs.add(id, changed)),
    onTick: (tick) => {
      ticks.add(tick);
      return whileListening(() => ticks.delete(tick));
    },
    close: () => {
      jobs.clear();
      ticks.clear();
      schedule();
    },
  };
}

/** Whether another connection committed since the last call: `PRAGMA data_version` moves then. */
function createWriteDetector(db: DatabaseSync): () => boolean {
  const version = db.prepare("PRAGMA data_version");
  let seen = version.get()?.["data_version"];
  return () => {
    try {
      const before = seen;
      seen = version.get()?.["data_version"];
      return seen !== before;
    } catch {
      // A file that cannot be read just now is looked at again at the next poll.
      return false;
    }
  };
}
