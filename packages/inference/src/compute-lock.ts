import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { sleep } from "@kinora/runtime";

/** A lock between the engines of one machine. */
export interface ComputeLock {
  /**
   * Waits until no other engine computes; the returned function lets the next one. One that holds the lock gets it
   * again at once, unless another engine waits. Rejects when `signal` aborts.
   */
  acquire(signal?: AbortSignal): Promise<() => void>;
  close(): void;
}

/** The pause between two looks at a taken lock: short at first, as small graphs run for a millisecond or two. */
const FIRST_POLL_MS = 1;
const POLL_MS = 5;
/** SQLITE_BUSY: another process or connection has the lock. */
const BUSY = 5;

/**
 * A lock that the operating system takes back when its holder dies, however it dies: SQLite's exclusive lock on an
 * empty database at `path`. Who wants it first takes `path`.turn, so that a process that computes step after step
 * cannot keep the others waiting.
 */
export function createComputeLock(path: string): ComputeLock {
  mkdirSync(dirname(path), { recursive: true });
  const turn = new DatabaseSync(`${path}.turn`, { timeout: 0 });
  const compute = new DatabaseSync(path, { timeout: 0 });
  let held = 0;
  const release = (): void => {
    held -= 1;
    if (held === 0) giveBack(compute);
  };
  return {
    async acquire(signal) {
      await take(turn, signal);
      try {
        if (held === 0) await take(compute, signal);
        held += 1;
        return release;
      } finally {
        giveBack(turn);
      }
    },
    close() {
      turn.close();
      compute.close();
    },
  };
}

async function take(database: DatabaseSync, signal: AbortSignal | undefined): Promise<void> {
  for (let pollMs = FIRST_POLL_MS; !tryTake(database); pollMs = Math.min(2 * pollMs, POLL_MS))
    await sleep(pollMs, signal);
}

function giveBack(database: DatabaseSync): void {
  if (database.isOpen) database.exec("ROLLBACK");
}

function tryTake(database: DatabaseSync): boolean {
  try {
    database.exec("BEGIN EXCLUSIVE");
    return true;
  } catch (error) {
    if ((error as { errcode?: number }).errcode === BUSY) return false;
    throw error;
  }
}
