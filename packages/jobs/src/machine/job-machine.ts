import { AppError } from "@kinora/errors";
import type { JobLease, JobPatch, JobRecord, JobState, LeaseOutcome } from "../job-store.ts";
import { attemptLimitError } from "./attempt-limits.ts";
import { jobErrorOf } from "./job-error.ts";
import { giveBackOpenStages, mergePatch } from "./merge-patch.ts";
import { isTerminal, type StoredJob } from "./stored-job.ts";

/** The part of a lease that proves the right to write. */
export type LeaseClaim = Pick<JobLease, "tenant" | "id" | "epoch">;

/**
 * The job in a new worker's hands. A job found `in_progress` lost its worker, which costs it an
 * attempt; it may end here, failed or cancelled. A terminal or not yet due job is returned as it is.
 */
export function beginLease(job: StoredJob, nowMs: number): StoredJob {
  if (isTerminal(job.record.state)) return job;
  const waiting = job.record.state === "queued" ? job : endLease(job, { countsAsAttempt: true, nowMs });
  if (isTerminal(waiting.record.state)) return raiseVersion(job, waiting);
  if (waiting.notBeforeMs > nowMs) return job;
  const { stage: _, ...record } = waiting.record;
  return raiseVersion(job, {
    ...waiting,
    openStages: [],
    record: {
      ...record,
      state: "in_progress",
      epoch: record.epoch + 1,
      startedAtMs: record.startedAtMs ?? nowMs,
      progress: 0,
    },
  });
}

/** The job after a worker's report. Throws `lease_lost` when the claim no longer holds. */
export function applyUpdate(job: StoredJob | undefined, claim: LeaseClaim, patch: JobPatch): StoredJob {
  const held = assertLease(job, claim);
  return raiseVersion(held, mergePatch(held, patch));
}

/** The job after its worker ended the lease. Throws `lease_lost` when the claim no longer holds. */
export function applyOutcome(
  job: StoredJob | undefined,
  claim: LeaseClaim,
  outcome: LeaseOutcome,
  nowMs: number,
): StoredJob {
  const held = assertLease(job, claim);
  const merged = mergePatch(held, outcome.patch ?? {});
  if (outcome.kind === "finish") return raiseVersion(held, finish(merged, outcome.state, nowMs));
  return raiseVersion(
    held,
    endLease(merged, { countsAsAttempt: outcome.countsAsAttempt, nowMs, delayMs: outcome.delayMs }),
  );
}

/** The job after its user asked it to stop. */
export function applyCancel(job: StoredJob, nowMs: number): StoredJob {
  if (job.record.state === "queued") return raiseVersion(job, finish(job, "cancelled", nowMs));
  if (job.record.state !== "in_progress" || job.record.cancelRequested) return job;
  return raiseVersion(job, { ...job, record: { ...job.record, cancelRequested: true } });
}

/** What a worker learns about its lease from the stored job. A deleted job counts as cancelled. */
export function leaseVerdict(job: StoredJob | undefined, claim: LeaseClaim): "held" | "cancelled" | "lost" {
  if (job === undefined) return "cancelled";
  if (!holdsLease(job, claim)) return "lost";
  return job.record.cancelRequested ? "cancelled" : "held";
}

/** The error of a worker whose lease another one has, or whose job is over. */
export function leaseLost(claim: LeaseClaim): AppError {
  return new AppError("lease_lost", { id: claim.id, epoch: claim.epoch });
}

function assertLease(job: StoredJob | undefined, claim: LeaseClaim): StoredJob {
  if (job === undefined || !holdsLease(job, claim)) throw leaseLost(claim);
  return job;
}

function holdsLease({ record }: StoredJob, claim: LeaseClaim): boolean {
  return record.tenant === claim.tenant && record.state === "in_progress" && record.epoch === claim.epoch;
}

/** A lease that ended without a result: back to the queue, unless cancelled or out of attempts. */
function endLease(
  job: StoredJob,
  end: { countsAsAttempt: boolean; nowMs: number; delayMs?: number },
): StoredJob {
  if (job.record.cancelRequested) return finish(job, "cancelled", end.nowMs);
  const counted = end.countsAsAttempt
    ? { ...job, record: { ...job.record, attempts: job.record.attempts + 1 } }
    : giveBackOpenStages(job);
  const fatal = end.countsAsAttempt ? attemptLimitError(counted) : undefined;
  if (fatal !== undefined) return finish({ ...counted, lastError: fatal }, "failed", end.nowMs);
  const { stage: _, ...record } = counted.record;
  return {
    ...counted,
    openStages: [],
    notBeforeMs: end.nowMs + (end.delayMs ?? 0),
    record: { ...record, state: "queued" },
  };
}

function finish(
  job: StoredJob,
  state: Exclude<JobState, "queued" | "in_progress">,
  nowMs: number,
): StoredJob {
  const { stage: _, ...record } = job.record;
  const finished: JobRecord = {
    ...record,
    state,
    finishedAtMs: nowMs,
    progress: state === "completed" ? 100 : record.progress,
    ...(state === "failed" ? { error: job.lastError ?? jobErrorOf(new AppError("internal")) } : {}),
  };
  return { ...job, openStages: [], record: finished };
}

function raiseVersion(before: StoredJob, after: StoredJob): StoredJob {
  return { ...after, record: { ...after.record, version: before.record.version + 1 } };
}
