import type { ErrorFields } from "@kinora/errors";
/** JSON as stored in records. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** A record as a plain object of JSON values. */
export type JsonObject = { readonly [key: string]: Json };

/** State of a job. The last three are terminal and never change. */
export type JobState = "queued" | "in_progress" | "completed" | "failed" | "cancelled";

/** The states that a job never leaves. */
export const TERMINAL_STATES = ["completed", "failed", "cancelled"] as const satisfies readonly JobState[];

/** One job: the truth about a video. `tenant` and `epoch` are in it from the first day. */
export interface JobRecord {
  readonly tenant: string;
  /** Random, unguessable, unique over all tenants. */
  readonly id: string;
  /** Raised by one at each lease; a transition under an older epoch is refused. */
  readonly epoch: number;
  readonly state: JobState;
  /** Raised on every write; ordering of what a watcher sees. */
  readonly version: number;
  /** Leases that ended without a result and count against the limit. */
  readonly attempts: number;
  /** Unix milliseconds. */
  readonly createdAtMs: number;
  readonly startedAtMs?: number;
  readonly finishedAtMs?: number;
  /** 0 to 100; never goes back within an epoch. */
  readonly progress: number;
  /** Stage now running. */
  readonly stage?: string;
  readonly cancelRequested: boolean;
  /** Steps x frames x pixels: what fairness and admission count. */
  readonly cost: number;
  /** What was asked, validated, seed drawn. Never changes. */
  readonly request: JsonObject;
  /** What the worker adds: artifacts, timings, warnings. Merged key by key by transitions. */
  readonly result: JsonObject;
  /** Times each stage was started without a commit, by stage key: the poison pill's count. */
  readonly stageStarts: { readonly [stageKey: string]: number };
  /** Why it failed; only in state `failed`. */
  readonly error?: JobError;
}

/** Why a job failed. */
export interface JobError {
  readonly code: string;
  readonly message: string;
  /** The values in its message, where it has a template's. */
  readonly fields?: ErrorFields;
}

/** What a transition changes besides the state. */
export interface JobPatch {
  readonly progress?: number;
  readonly stage?: string;
  readonly result?: JsonObject;
  /** Kept as the job's last error; in the record once the job has failed. */
  readonly error?: JobError;
  /** Adds one to `stageStarts[key]`. */
  readonly startStage?: string;
  /** Removes `stageStarts[key]`: the stage was committed. */
  readonly commitStage?: string;
  /** Takes back the last start of this stage, which its service refused. */
  readonly uncountStage?: string;
}

/** Something that happened to a job, in order of `version`. */
export interface JobEvent {
  readonly type: "created" | "updated" | "deleted";
  readonly record: JobRecord;
}

/** A new job. */
export interface NewJob {
  readonly tenant: string;
  readonly id: string;
  readonly request: JsonObject;
  readonly cost: number;
  /** Share of the tenant in fair queueing (1 if not given). */
  readonly weight?: number;
  /**
   * With `fingerprint`: a second create with the same key within its lifetime returns the first
   * job; with another fingerprint it throws `idempotency_mismatch`.
   */
  readonly idempotency?: { readonly key: string; readonly fingerprint: string; readonly ttlMs: number };
  /** Refuse with `rate_limit_exceeded` when the tenant has this many jobs queued or running. */
  readonly maxUnfinished?: number;
}

/** A page of a tenant's jobs. */
export interface JobPage {
  readonly records: readonly JobRecord[];
  readonly hasMore: boolean;
}

/** One job in a worker's hands. */
export interface JobLease {
  readonly tenant: string;
  readonly id: string;
  readonly epoch: number;
  /** The record when the lease was taken (already `in_progress`). */
  readonly record: JobRecord;
  /**
   * Aborts when the lease is lost (reason AppError `lease_lost`), when cancel was requested or the
   * job was deleted (reason AppError `cancelled`) or when the worker is told to stop (reason AppError `draining`).
   */
  readonly signal: AbortSignal;
}

/** How a worker ends a lease. */
export type LeaseOutcome =
  /** Terminal: the record gets this state. */
  | {
      readonly kind: "finish";
      readonly state: "completed" | "failed" | "cancelled";
      readonly patch: JobPatch;
    }
  /** Back to the queue; `countsAsAttempt` false for busy or unreachable services and for draining. */
  | {
      readonly kind: "retry";
      readonly delayMs: number;
      readonly countsAsAttempt: boolean;
      readonly patch?: JobPatch;
    };

/** Settings of a worker. */
export interface WorkerOptions {
  readonly concurrency: number;
  /**
   * Runs one job. A throw counts as a retry with an attempt, after a growing delay; the store logs
   * it. A throw after `draining` gives the job back without an attempt. Whatever a run returns or
   * throws short of `finish`, a job with `cancelRequested` ends as cancelled.
   */
  readonly run: (lease: JobLease) => Promise<LeaseOutcome>;
}

/** A running worker. */
export interface JobWorker {
  /** Stops taking jobs, aborts the leases' signals with `draining`, waits until `run` returns. */
  stop(): Promise<void>;
  /** Jobs in hand. */
  readonly running: number;
}

/** Attempts after which a job is dead: failed with `stage_crashed` or its last error. */
export const MAX_ATTEMPTS = 5;

/** Starts of one stage without a commit after which the job is failed with `stage_crashed`. */
export const MAX_STAGE_STARTS = 3;

/**
 * Jobs: records, queue and events, in SQLite (one machine) or Redis (many).
 *
 * A create that returned is durable. Each job is delivered at least once until it is terminal; the
 * record decides, by epoch, whose writes count. Order between tenants is start-time fair queueing
 * by cost over weight, within a tenant first come first served. A worker that dies loses its lease
 * within `leaseMs` (adapter option, default 5000) and the job is delivered again.
 */
export interface JobStore {
  /** Returns the job, and whether this call made it (false: an idempotent repeat). */
  create(job: NewJob): Promise<{ record: JobRecord; created: boolean }>;
  /** Undefined when missing, deleted or another tenant's. */
  get(tenant: string, id: string): Promise<JobRecord | undefined>;
  /**
   * By creation time, then id. `after` is an id, also of a job that was deleted within the last day, so that a caller
   * may delete what it pages through; an unknown one throws `invalid_request`.
   */
  list(tenant: string, options: { after?: string; limit: number; order: "asc" | "desc" }): Promise<JobPage>;
  /**
   * Writes under the lease's epoch; the record must be `in_progress`. Throws `lease_lost` when a
   * newer epoch exists or the job is gone or terminal. Returns the new record.
   */
  update(lease: Pick<JobLease, "tenant" | "id" | "epoch">, patch: JobPatch): Promise<JobRecord>;
  /**
   * Asks a job to stop. A queued one is cancelled at once; a running one gets `cancelRequested`
   * and its lease's signal aborts, in whatever process holds it; a finished one is unchanged.
   * Undefined when there is no such job.
   */
  requestCancel(tenant: string, id: string): Promise<JobRecord | undefined>;
  /** Removes the record; a running job's lease aborts as for a cancel. False when there was none. */
  delete(tenant: string, id: string): Promise<boolean>;
  /**
   * The record now, then every change, until terminal, deleted or `signal` aborts (the iteration
   * then ends). Changes may be merged. Yields nothing when there is no such job.
   */
  watch(tenant: string, id: string, options: { signal: AbortSignal }): AsyncIterable<JobEvent>;
  /** All records of all tenants, for the sweeper. */
  scan(): AsyncIterable<JobRecord>;
  /** Jobs by state, and age in ms of the oldest queued one, for metrics and admission. */
  stats(): Promise<{ queued: number; running: number; oldestQueuedMs: number }>;
  startWorker(options: WorkerOptions): JobWorker;
  /** Throws `unavailable` when the store cannot be reached: readiness. */
  ping(): Promise<void>;
  close(): Promise<void>;
}
