import { setTimeout as sleep } from "node:timers/promises";
import { AppError, codeOf } from "@kinora/errors";
import type { Delivery, JobBackend, JobLogger } from "../job-backend.ts";
import type { JobLease, LeaseOutcome, WorkerOptions } from "../job-store.ts";
import { retryDelayMs } from "../machine/attempt-limits.ts";
import { jobErrorOf } from "../machine/job-error.ts";
import { applyOutcome } from "../machine/job-machine.ts";
import { watchLease } from "./lease-watch.ts";

/** How long an outcome is offered to a store that cannot be reached. */
const OUTCOME_PATIENCE_MS = 30_000;
const OUTCOME_PAUSE_MS = 250;

/** Runs one delivered job to its end and writes the outcome. Never rejects. */
export async function runLease(
  backend: JobBackend,
  delivery: Delivery,
  options: { run: WorkerOptions["run"]; draining: AbortSignal; logger: JobLogger },
): Promise<void> {
  const { lease, release } = watchLease(backend, delivery, options.draining);
  const fields = { jobId: lease.id, epoch: lease.epoch };
  try {
    const outcome = await runGuarded(lease, options);
    if (isLost(lease.signal)) options.logger.warn(fields, "lease lost, outcome dropped");
    else await writeOutcome(backend, lease, outcome);
  } catch (error) {
    options.logger.warn({ ...fields, err: error }, "outcome not written");
  } finally {
    release();
  }
}

async function runGuarded(
  lease: JobLease,
  { run, logger }: { run: WorkerOptions["run"]; logger: JobLogger },
): Promise<LeaseOutcome> {
  try {
    return await run(lease);
  } catch (error) {
    if (isDraining(lease.signal)) return { kind: "retry", delayMs: 0, countsAsAttempt: false };
    logger.error({ jobId: lease.id, epoch: lease.epoch, err: error }, "job run failed");
    const delayMs = retryDelayMs(lease.record.attempts);
    const patch = { error: jobErrorOf(AppError.from(error)) };
    return { kind: "retry", delayMs, countsAsAttempt: true, patch };
  }
}

/** Keeps trying while the store is away: an epoch that was overtaken in the meantime is refused. */
async function writeOutcome(backend: JobBackend, lease: JobLease, outcome: LeaseOutcome): Promise<void> {
  const giveUpAtMs = performance.now() + OUTCOME_PATIENCE_MS;
  for (;;) {
    try {
      await backend.mutate(lease.id, (job) => applyOutcome(job, lease, outcome, backend.clock()));
      return;
    } catch (error) {
      const mayReturn = codeOf(error) === "unavailable";
      if (!mayReturn || performance.now() > giveUpAtMs) throw error;
      await sleep(OUTCOME_PAUSE_MS);
    }
  }
}

function isLost(signal: AbortSignal): boolean {
  return abortCode(signal) === "lease_lost";
}

function isDraining(signal: AbortSignal): boolean {
  return abortCode(signal) === "draining";
}

function abortCode(signal: AbortSignal): string | undefined {
  return signal.reason instanceof AppError ? signal.reason.code : undefined;
}
