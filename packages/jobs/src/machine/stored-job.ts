import type { JobError, JobRecord, JobState, NewJob } from "../job-store.ts";
import { TERMINAL_STATES } from "../job-store.ts";

/** What fair queueing gave a job at its creation: the tags of start-time fair queueing. */
export interface FairTags {
  /** Virtual time at which the job's service may start. */
  readonly start: number;
  /** Virtual time at which its service would end: its priority, smaller first. */
  readonly finish: number;
}

/** A job as an adapter keeps it: the public record and what only the queue needs. */
export interface StoredJob {
  readonly record: JobRecord;
  readonly tags: FairTags;
  /** Unix milliseconds before which a queued job is not delivered. */
  readonly notBeforeMs: number;
  /** Stages started under the present epoch and not committed: given back by an uncounted retry. */
  readonly openStages: readonly string[];
  /** The latest error that a lease reported; published in the record only when the job fails. */
  readonly lastError?: JobError;
}

/** The stored form of a new job, before fair queueing tags are known. */
export function newStoredJob(job: NewJob, nowMs: number): Omit<StoredJob, "tags"> {
  return {
    record: {
      tenant: job.tenant,
      id: job.id,
      epoch: 0,
      state: "queued",
      version: 1,
      attempts: 0,
      createdAtMs: nowMs,
      progress: 0,
      cancelRequested: false,
      cost: job.cost,
      request: job.request,
      result: {},
      stageStarts: {},
    },
    notBeforeMs: nowMs,
    openStages: [],
  };
}

/** Whether a job in this state never changes again. */
export function isTerminal(state: JobState): boolean {
  return (TERMINAL_STATES as readonly JobState[]).includes(state);
}
