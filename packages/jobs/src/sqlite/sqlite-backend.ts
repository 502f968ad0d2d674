import type { DatabaseSync } from "node:sqlite";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Clock, JobBackend, JobLogger } from "../job-backend.ts";
import type { JobRecord } from "../job-store.ts";
import { isTerminal, type StoredJob } from "../machine/stored-job.ts";
import { createChangeFeed } from "./change-feed.ts";
import { createJobTable, type JobTable } from "./job-table.ts";
import { createJobWrites } from "./job-writes.ts";
import { withSqliteErrors } from "./sqlite-error.ts";
import { startSqliteIntake } from "./sqlite-intake.ts";

const SCAN_CHUNK = 200;

/** The jobs of one SQLite file, shared by all processes that open it. */
export function createSqliteBackend(
  db: DatabaseSync,
  { clock, leaseMs, logger }: { clock: Clock; leaseMs: number; logger: JobLogger },
): JobBackend {
  const jobs = createJobTable(db);
  const writes = createJobWrites(db, { jobs, clock, leaseMs });
  const feed = createChangeFeed(db);

  const take = (): StoredJob | undefined => {
    for (;;) {
      const job = writes.takeNext();
      if (job === undefined) return undefined;
      // Later: listeners may take jobs themselves.
      queueMicrotask(() => feed.announce(job.record.id));
      if (!isTerminal(job.record.state)) return job;
    }
  };

  return {
    leaseMs,
    clock,
    insert: async (draft, job) => {
      const result = writes.insert(draft, job);
      if (result.kind === "created") feed.announce(job.id);
      return result;
    },
    read: async (id) => withSqliteErrors(() => jobs.read(id)),
    mutate: async (id, change) => {
      const { job, written } = writes.mutate(id, change);
      if (written) feed.announce(id);
      return job;
    },
    heartbeat: async (id, epoch) => writes.extendLease(id, epoch),
    remove: async (tenant, id) => {
      const removed = writes.remove(tenant, id);
      if (removed) feed.announce(id);
      return removed;
    },
    page: async (tenant, options) => withSqliteErrors(() => jobs.page(tenant, options)),
    scan: () => scanTable(jobs),
    count: async () => withSqliteErrors(() => jobs.count()),
    subscribe: async (id, changed) => feed.onJob(id, changed),
    startIntake: (options) => startSqliteIntake(options, { take, feed, logger }),
    ping: async () => void withSqliteErrors(() => db.prepare("SELECT 1").get()),
    close: async () => {
      feed.close();
      if (db.isOpen) db.close();
    },
  };
}

async function* scanTable(jobs: JobTable): AsyncGenerator<JobRecord, void, undefined> {
  let seq = 0;
  for (;;) {
    const rows = withSqliteErrors(() => jobs.chunk(seq, SCAN_CHUNK));
    for (const row of rows) yield row.record;
    const last = rows.at(-1);
    if (last === undefined) return;
    seq = last.seq;
    // Reading is synchronous: heartbeats come in between.
    await nextTurn();
  }
}
