import { AppError } from "@kinora/errors";
import type { InsertResult, JobBackend, JobLogger } from "./job-backend.ts";
import type { JobRecord, JobStore, JobWorker, NewJob } from "./job-store.ts";
import { applyCancel, applyUpdate, leaseLost } from "./machine/job-machine.ts";
import { newStoredJob, type StoredJob } from "./machine/stored-job.ts";
import { startWorker } from "./worker/start-worker.ts";
import { watchJob } from "./worker/watch-job.ts";

/** Suggested wait of a caller whose tenant has too many jobs. */
const RETRY_AFTER_S = 10;

/** The JobStore port on top of an adapter's backend: all that both adapters have in common. */
export function createBackendStore(backend: JobBackend, logger: JobLogger): JobStore {
  const workers = new Set<JobWorker>();
  return {
    create: async (job) => created(await backend.insert(newStoredJob(job, backend.clock()), job), job),
    get: async (tenant, id) => ownRecord(await backend.read(id), tenant),
    list: (tenant, options) => backend.page(tenant, options),
    update: async (lease, patch) => {
      const stored = await backend.mutate(lease.id, (job) => applyUpdate(job, lease, patch));
      if (stored === undefined) throw leaseLost(lease);
      return stored.record;
    },
    requestCancel: async (tenant, id) => {
      const stored = await backend.mutate(id, (job) =>
        job?.record.tenant === tenant ? applyCancel(job, backend.clock()) : job,
      );
      return ownRecord(stored, tenant);
    },
    delete: (tenant, id) => backend.remove(tenant, id),
    watch: (tenant, id, { signal }) => watchJob(backend, { tenant, id }, signal),
    scan: () => backend.scan(),
    stats: async () => {
      const { queued, running, oldestCreatedAtMs } = await backend.count();
      const now = backend.clock();
      return { queued, running, oldestQueuedMs: Math.max(0, now - (oldestCreatedAtMs ?? now)) };
    },
    startWorker: (options) => {
      const worker = startWorker(backend, options, logger);
      workers.add(worker);
      return worker;
    },
    ping: () => backend.ping(),
    close: async () => {
      await Promise.all([...workers].map((worker) => worker.stop()));
      await backend.close();
    },
  };
}

function created(result: InsertResult, job: NewJob): { record: JobRecord; created: boolean } {
  switch (result.kind) {
    case "created":
      return { record: result.job.record, created: true };
    case "repeat":
      return { record: result.job.record, created: false };
    case "mismatch":
      throw new AppError("idempotency_mismatch", { key: job.idempotency?.key });
    case "full":
      throw new AppError("rate_limit_exceeded", {
        queued: result.unfinished,
        limit: job.maxUnfinished,
        retryAfterS: RETRY_AFTER_S,
      });
  }
}

function ownRecord(stored: StoredJob | undefined, tenant: string): JobRecord | undefined {
  return stored?.record.tenant === tenant ? stored.record : undefined;
}
