import { AppError } from "@kinora/errors";
import type { Delivery, JobBackend } from "../job-backend.ts";
import type { JobLease } from "../job-store.ts";
import { leaseLost, leaseVerdict } from "../machine/job-machine.ts";
import type { StoredJob } from "../machine/stored-job.ts";

/** A cancel is seen after this time at the latest, however long the lease. */
const LONGEST_HEARTBEAT_MS = 1000;

/** A lease whose signal follows the stored job for as long as it is watched. */
export interface WatchedLease {
  readonly lease: JobLease;
  /** Ends the heartbeats. */
  release(): void;
}

/**
 * Watches a lease: heartbeats every third of the lease, and at once when the job changes. Aborts its
 * signal on cancel, deletion, loss, draining, and when no heartbeat got through for a whole lease.
 */
export function watchLease(backend: JobBackend, delivery: Delivery, draining: AbortSignal): WatchedLease {
  const { record } = delivery.job;
  const controller = new AbortController();
  const done = new AbortController();
  const claim = { tenant: record.tenant, id: record.id, epoch: record.epoch };
  const abort = (reason: AppError): void => controller.abort(reason);

  let provenAtMs = performance.now();
  const judge = (job: StoredJob | undefined): void => {
    provenAtMs = performance.now();
    const verdict = leaseVerdict(job, claim);
    if (verdict === "cancelled") abort(new AppError("cancelled"));
    if (verdict === "lost") abort(leaseLost(claim));
  };
  const look = async (reading: Promise<StoredJob | undefined>): Promise<void> => {
    try {
      const job = await reading;
      if (!done.signal.aborted) judge(job);
    } catch {
      // An unreachable store is not a lost lease until the lease has run out.
      if (performance.now() - provenAtMs > backend.leaseMs) abort(leaseLost(claim));
    }
  };

  const beat = (): void => void look(backend.heartbeat(claim.id, claim.epoch));
  const timer = setInterval(beat, Math.min(backend.leaseMs / 3, LONGEST_HEARTBEAT_MS));
  done.signal.addEventListener("abort", () => clearInterval(timer));
  followChanges(backend, claim.id, { changed: () => void look(backend.read(claim.id)), until: done.signal });
  followSignal(delivery.revoked, done.signal, () => abort(leaseLost(claim)));
  followSignal(draining, done.signal, () => abort(new AppError("draining")));
  return {
    lease: { ...claim, record, signal: controller.signal },
    release: () => done.abort(),
  };
}

function followSignal(signal: AbortSignal, until: AbortSignal, onAbort: () => void): void {
  if (signal.aborted) onAbort();
  else signal.addEventListener("abort", onAbort, { once: true, signal: until });
}

/** Listens for changes; heartbeats are enough when that is not possible. */
function followChanges(
  backend: JobBackend,
  id: string,
  { changed, until }: { changed: () => void; until: AbortSignal },
): void {
  void backend.subscribe(id, changed).then(
    (unsubscribe) => {
      if (until.aborted) unsubscribe();
      else until.addEventListener("abort", unsubscribe, { once: true });
    },
    () => undefined,
  );
}
