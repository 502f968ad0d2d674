import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { sleep } from "@kinora/runtime";

/** A lock between the engines of one machine. */
export interface ComputeLock {
  /** Waits until no other engine computes; the returned function lets the next one. Rejects when `signal` aborts. */
  acquire(signal?: AbortSignal): Promise<() => void>;
  close(): void;
}

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
  return {
    async acquire(signal) {
      const releaseTurn = await take(turn, signal);
      try {
        return await take(compute, signal);
      } finally {
        releaseTurn();
      }
    },
    close() {
      turn.close();
      compute.close();
    },
  };
}

async function take(database: DatabaseSync, signal: AbortSignal | undefined): Promise<() => void> {
  while (!tryTake(database)) await sleep(POLL_MS, signal);
  return () => {
    if (database.isOpen) database.exec("ROLLBACK");
  };
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
