import { setTimeout as sleep } from "node:timers/promises";
import { codeOf } from "@kinora/errors";
import type { JobBackend } from "../job-backend.ts";
import type { JobEvent, JobRecord } from "../job-store.ts";
import { isTerminal, type StoredJob } from "../machine/stored-job.ts";

/** A change whose notice was lost is seen after this time. */
const RECHECK_MS = 10_000;
/** How long a watcher rides out a store that went away. */
const PATIENCE_MS = 30_000;
const RETRY_PAUSE_MS = 500;

/** Yields the job now, then after every change, until it is terminal, deleted or `signal` aborts. */
export async function* watchJob(
  backend: JobBackend,
  job: { tenant: string; id: string },
  signal: AbortSignal,
): AsyncGenerator<JobEvent, void, undefined> {
  const bell = createBell(signal);
  const unsubscribe = await backend.subscribe(job.id, bell.ring);
  try {
    let seen: JobRecord | undefined;
    while (!signal.aborted) {
      const heard = bell.next();
      const record = await readRecord(backend, job, seen === undefined ? 0 : PATIENCE_MS);
      if (record === undefined) {
        if (seen !== undefined) yield { type: "deleted", record: seen };
        return;
      }
      if (seen === undefined || record.version > seen.version) {
        yield { type: record.version === 1 ? "created" : "updated", record };
        seen = record;
      }
      if (isTerminal(record.state)) return;
      await heard;
    }
  } finally {
    unsubscribe();
    bell.close();
  }
}

async function readRecord(
  backend: JobBackend,
  { tenant, id }: { tenant: string; id: string },
  patienceMs: number,
): Promise<JobRecord | undefined> {
  const giveUpAtMs = performance.now() + patienceMs;
  for (;;) {
    try {
      const stored: StoredJob | undefined = await backend.read(id);
      return stored?.record.tenant === tenant ? stored.record : undefined;
    } catch (error) {
      const mayReturn = codeOf(error) === "unavailable";
      if (!mayReturn || performance.now() >= giveUpAtMs) throw error;
      await sleep(RETRY_PAUSE_MS);
    }
  }
}

/** Rung by a change, an abort or the slow recheck; `next` resolves at the first ring after its call. */
function createBell(signal: AbortSignal): { ring: () => void; next: () => Promise<void>; close: () => void } {
  let waiting = Promise.withResolvers<void>();
  const ring = (): void => {
    waiting.resolve();
    waiting = Promise.withResolvers<void>();
  };
  const timer = setInterval(ring, RECHECK_MS);
  signal.addEventListener("abort", ring);
  return {
    ring,
    next: () => waiting.promise,
    close: () => {
      clearInterval(timer);
      signal.removeEventListener("abort", ring);
    },
  };
}
