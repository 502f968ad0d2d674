import type { Logger } from "@kinora/runtime";
import type { JobPage, JobRecord, NewJob } from "./job-store.ts";
import type { StoredJob } from "./machine/stored-job.ts";

/** How long a page may begin after a job that was deleted. */
export const CURSOR_TTL_MS = 24 * 3_600_000;

/** Milliseconds since the Unix epoch; a fake one in tests. */
export type Clock = () => number;

/** The part of the process's logger that this package calls. */
export type JobLogger = Pick<Logger, "debug" | "info" | "warn" | "error">;

/** What became of a new job. */
export type InsertResult =
  | { readonly kind: "created"; readonly job: StoredJob }
  /** The idempotency key has this job already, from an equal request. */
  | { readonly kind: "repeat"; readonly job: StoredJob }
  /** The idempotency key belongs to another request. */
  | { readonly kind: "mismatch" }
  /** The tenant has this many unfinished jobs, and may have no more. */
  | { readonly kind: "full"; readonly unfinished: number };

/** Jobs by state, and when the oldest queued one was created. */
export interface JobCounts {
  readonly queued: number;
  readonly running: number;
  readonly oldestCreatedAtMs: number | undefined;
}

/** A job that a backend has just leased (`beginLease` was written). */
export interface Delivery {
  readonly job: StoredJob;
  /** Aborts when the backend knows that the lease is gone. */
  readonly revoked: AbortSignal;
}

/** Intake of jobs for one worker. */
export interface Intake {
  /** Stops taking jobs, then waits until `handle` has returned for those in hand. */
  stop(): Promise<void>;
}

/** How a worker wants its jobs. */
export interface IntakeOptions {
  readonly concurrency: number;
  /**
   * Runs the lease to its end. Resolves once the outcome is written or can no longer be: the backend
   * then looks at the job again to know whether and when to deliver it. Never rejects.
   */
  readonly handle: (delivery: Delivery) => Promise<void>;
}

/**
 * What an adapter must do: keep stored jobs, apply pure changes to them one at a time, say when they
 * changed, deliver them. What a change is stands in machine/, once for all adapters.
 * Every method throws AppError `unavailable` when the database cannot be reached.
 */
export interface JobBackend {
  readonly leaseMs: number;
  readonly clock: Clock;
  /** Idempotency, admission, fair tags and the queue entry in one atomic step. */
  insert(draft: Omit<StoredJob, "tags">, job: NewJob): Promise<InsertResult>;
  read(id: string): Promise<StoredJob | undefined>;
  /**
   * Replaces the job by `change(job)` atomically; the same object means no write. `change` gets
   * undefined for a missing job and may run more than once. Returns what is stored afterwards.
   */
  mutate(
    id: string,
    change: (job: StoredJob | undefined) => StoredJob | undefined,
  ): Promise<StoredJob | undefined>;
  /** Prolongs the lease if this epoch still has it; returns the job as it is. */
  heartbeat(id: string, epoch: number): Promise<StoredJob | undefined>;
  remove(tenant: string, id: string): Promise<boolean>;
  page(tenant: string, options: { after?: string; limit: number; order: "asc" | "desc" }): Promise<JobPage>;
  scan(): AsyncIterable<JobRecord>;
  count(): Promise<JobCounts>;
  /**
   * Calls `changed` after every change of this job in any process, and whenever one may have been
   * missed. Returns the way to stop. Resolves once no later change can be missed.
   */
  subscribe(id: string, changed: () => void): Promise<() => void>;
  startIntake(options: IntakeOptions): Intake;
  ping(): Promise<void>;
  close(): Promise<void>;
}
