import type { DatabaseSync } from "node:sqlite";
import type { Clock, InsertResult, JobBackend } from "../job-backend.ts";
import type { NewJob } from "../job-store.ts";
import { beginLease } from "../machine/job-machine.ts";
import { isTerminal, type StoredJob } from "../machine/stored-job.ts";
import { type AdmissionTable, createAdmissionTable } from "./admission-table.ts";
import type { JobTable } from "./job-table.ts";
import { withSqliteErrors } from "./sqlite-error.ts";
import { transact } from "./transact.ts";

/** The changes of the jobs file, each one transaction. */
export interface JobWrites {
  insert(draft: Omit<StoredJob, "tags">, job: NewJob): InsertResult;
  mutate(
    id: string,
    change: Parameters<JobBackend["mutate"]>[1],
  ): { job: StoredJob | undefined; written: boolean };
  /** Begins the next lease. The job may have ended instead of beginning. Undefined: none is due. */
  takeNext(): StoredJob | undefined;
  extendLease(id: string, epoch: number): StoredJob | undefined;
  remove(tenant: string, id: string): boolean;
}

/** The writes on an open database. */
export function createJobWrites(
  db: DatabaseSync,
  { jobs, clock, leaseMs }: { jobs: JobTable; clock: Clock; leaseMs: number },
): JobWrites {
  const admission = createAdmissionTable(db);
  const write = (job: StoredJob, leaseUntilMs?: number): void => {
    jobs.write(job, leaseUntilMs);
    if (isTerminal(job.record.state)) admission.restartWhenIdle();
  };
  const beginNext = (): StoredJob | undefined => {
    const id = jobs.nextId(clock());
    const job = id === undefined ? undefined : jobs.read(id);
    if (job === undefined) return undefined;
    const begun = beginLease(job, clock());
    write(begun, clock() + leaseMs);
    if (!isTerminal(begun.record.state)) admission.advance(begun.tags);
    return begun;
  };
  return {
    insert: (draft, job) => transact(db, () => insertJob({ jobs, admission }, draft, job)),
    mutate: (id, change) =>
      transact(db, () => {
        const before = jobs.read(id);
        const job = change(before);
        const written = job !== undefined && job !== before;
        if (written) write(job);
        return { job, written };
      }),
    takeNext: () => {
      // The plain read keeps idle polls from taking the write lock.
      const any = withSqliteErrors(() => jobs.nextId(clock())) !== undefined;
      return any ? transact(db, beginNext) : undefined;
    },
    extendLease: (id, epoch) =>
      transact(db, () => {
        const job = jobs.read(id);
        if (job?.record.epoch === epoch) jobs.extendLease(id, clock() + leaseMs);
        return job;
      }),
    remove: (tenant, id) =>
      transact(db, () => {
        const removed = jobs.remove(tenant, id, clock());
        if (removed) admission.restartWhenIdle();
        return removed;
      }),
  };
}

function insertJob(
  { jobs, admission }: { jobs: JobTable; admission: AdmissionTable },
  draft: Omit<StoredJob, "tags">,
  job: NewJob,
): InsertResult {
  const nowMs = draft.record.createdAtMs;
  const known = job.idempotency && admission.known(job.tenant, job.idempotency.key, nowMs);
  const first = known && jobs.read(known.id);
  if (first !== undefined) {
    const equal = known?.fingerprint === job.idempotency?.fingerprint;
    return equal ? { kind: "repeat", job: first } : { kind: "mismatch" };
  }
  const unfinished = jobs.unfinished(job.tenant);
  if (unfinished >= (job.maxUnfinished ?? Number.POSITIVE_INFINITY)) return { kind: "full", unfinished };
  const stored = { ...draft, tags: admission.drawTags(job) };
  jobs.insert(stored);
  admission.remember(job, nowMs);
  return { kind: "created", job: stored };
}
