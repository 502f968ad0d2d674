import type { DatabaseSync } from "node:sqlite";
import type { Clock, InsertResult, JobBackend, JobLogger } from "../job-backend.ts";
import type { JobRecord, NewJob } from "../job-store.ts";
import { beginLease } from "../machine/job-machine.ts";
import { isTerminal, type StoredJob } from "../machine/stored-job.ts";
import { type AdmissionTable, createAdmissionTable } from "./admission-table.ts";
import { createChangeFeed } from "./change-feed.ts";
import { createJobTable, type JobTable } from "./job-table.ts";
import { withSqliteErrors } from "./sqlite-error.ts";
import { startSqliteIntake } from "./sqlite-intake.ts";

const SCAN_CHUNK = 200;

/** The jobs of one SQLite file, shared by all processes that open it. */
export function createSqliteBackend(
  db: DatabaseSync,
  { clock, leaseMs, logger }: { clock: Clock; leaseMs: number; logger: JobLogger },
): JobBackend {
  const jobs = createJobTable(db);
  const admission = createAdmissionTable(db);
  const feed = createChangeFeed(db);
  const write = (job: StoredJob, leaseUntilMs?: number): void => {
    jobs.write(job, leaseUntilMs);
    if (isTerminal(job.record.state)) admission.restartWhenIdle();
  };

  const mutate: JobBackend["mutate"] = async (id, change) => {
    const { job, written } = transact(db, () => {
      const before = jobs.read(id);
      const after = change(before);
      const written = after !== undefined && after !== before;
      if (written) write(after);
      return { job: after, written };
    });
    if (written) feed.announce(id);
    return job;
  };

  const take = (): StoredJob | undefined => {
    for (;;) {
      // The plain read keeps idle polls from taking the write lock.
      if (withSqliteErrors(() => jobs.nextId(clock())) === undefined) return undefined;
      const job = transact(db, () => {
        const id = jobs.nextId(clock());
        const before = id === undefined ? undefined : jobs.read(id);
        if (before === undefined) return undefined;
        const begun = beginLease(before, clock());
        write(begun, clock() + leaseMs);
        if (!isTerminal(begun.record.state)) admission.advance(begun.tags);
        return begun;
      });
      if (job === undefined) return undefined;
      queueMicrotask(() => feed.announce(job.record.id));
      if (!isTerminal(job.record.state)) return job;
    }
  };

  return {
    leaseMs,
    clock,
    insert: async (draft, job) => {
      const result = transact(db, () => insertJob({ jobs, admission }, draft, job));
      if (result.kind === "created") feed.announce(job.id);
      return result;
    },
    read: async (id) => withSqliteErrors(() => jobs.read(id)),
    mutate,
    heartbeat: async (id, epoch) =>
      transact(db, () => {
        const job = jobs.read(id);
        if (job?.record.epoch === epoch) jobs.extendLease(id, clock() + leaseMs);
        return job;
      }),
    remove: async (tenant, id) => {
      const removed = transact(db, () => {
        const found = jobs.remove(tenant, id);
        if (found) admission.restartWhenIdle();
        return found;
      });
      if (removed) feed.announce(id);
      return removed;
    },
    page: async (tenant, options) => withSqliteErrors(() => jobs.page(tenant, options)),
    scan: () => scanTable(jobs),
    stats: async () => {
      const { oldestCreatedAtMs, ...counts } = withSqliteErrors(() => jobs.stats());
      const age = oldestCreatedAtMs === undefined ? 0 : clock() - oldestCreatedAtMs;
      return { ...counts, oldestQueuedMs: Math.max(0, age) };
    },
    subscribe: async (id, changed) => feed.onJob(id, changed),
    startIntake: (options) => startSqliteIntake(options, { take, feed, logger }),
    ping: async () => void withSqliteErrors(() => db.prepare("SELECT 1").get()),
    close: async () => {
      feed.close();
      if (db.isOpen) db.close();
    },
  };
}

function insertJob(
  { jobs, admission }: { jobs: JobTable; admission: AdmissionTable },
  draft: Omit<StoredJob, "tags">,
  job: NewJob,
): InsertResult {
  const nowMs = draft.record.createdAtMs;
  if (job.idempotency !== undefined) {
    const known = admission.known(job.tenant, job.idempotency.key, nowMs);
    const first = known && jobs.read(known.id);
    if (first !== undefined) {
      return known?.fingerprint === job.idempotency.fingerprint
        ? { kind: "repeat", job: first }
        : { kind: "mismatch" };
    }
  }
  const unfinished = jobs.unfinished(job.tenant);
  if (unfinished >= (job.maxUnfinished ?? Number.POSITIVE_INFINITY)) return { kind: "full", unfinished };
  const stored = { ...draft, tags: admission.drawTags(job) };
  jobs.insert(stored);
  admission.remember(job, nowMs);
  return { kind: "created", job: stored };
}

async function* scanTable(jobs: JobTable): AsyncGenerator<JobRecord, void, undefined> {
  let seq = 0;
  for (;;) {
    const rows = withSqliteErrors(() => jobs.chunk(seq, SCAN_CHUNK));
    for (const row of rows) yield row.record;
    const last = rows.at(-1);
    if (last === undefined) return;
    seq = last.seq;
  }
}

/** One write transaction: all of `work` is on disk when it returns, or none of it. */
function transact<T>(db: DatabaseSync, work: () => T): T {
  return withSqliteErrors(() => {
    db.exec("BEGIN IMMEDIATE");
    try {
      const result = work();
      db.exec("COMMIT");
      return result;
    } catch (error) {
      if (db.isTransaction) db.exec("ROLLBACK");
      throw error;
    }
  });
}
