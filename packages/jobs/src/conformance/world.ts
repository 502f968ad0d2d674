import { randomUUID } from "node:crypto";
import { fileURLToPath } from "node:url";
import { type NodeProcess, spawnNode } from "@kinora/testing";
import { onTestFinished } from "vitest";
import type { CreateJobStoreOptions } from "../create-job-store.ts";
import { createJobStore } from "../create-job-store.ts";
import type { Clock, JobLogger } from "../job-backend.ts";
import type { JobLease, JobRecord, JobStore, LeaseOutcome, NewJob } from "../job-store.ts";

/** Lease of the suites: short, so that a dead worker's job comes back within a test's patience. */
export const LEASE_MS = 1000;
/** Within this time a dead worker's job is delivered again: the lease, the stalled check, a start. */
export const REDELIVERY_MS = 10 * LEASE_MS;

/** Where one test's jobs are: an empty database of the adapter under test. */
export type StoreAddress = Pick<CreateJobStoreOptions, "redisUrl" | "redisPrefix" | "sqlitePath">;

/** Makes an empty database for one test, gone when the test is over. */
export type StoreFactory = () => Promise<StoreAddress>;

/** A logger for tests whose failures are asserted, not read. */
export const silentLogger: JobLogger = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
};

/** Opens a store; it is closed when the test is over. */
export function openStore(
  address: StoreAddress,
  options: { clock?: Clock; leaseMs?: number } = {},
): JobStore {
  const store = createJobStore({ ...address, leaseMs: LEASE_MS, logger: silentLogger, ...options });
  onTestFinished(() => store.close());
  return store;
}

/** What a store process does; see store-process.ts. */
export type ProcessRole = "work" | "crash-in-stage" | { readonly create: NewJob };

/** Opens the same store in another process; it is SIGKILLed when the test is over. */
export function spawnStore(address: StoreAddress, role: ProcessRole): NodeProcess {
  const file = fileURLToPath(new URL("./store-process.ts", import.meta.url));
  const child = spawnNode(file, { args: [JSON.stringify({ address, role, leaseMs: LEASE_MS })] });
  onTestFinished(() => child.kill());
  return child;
}

/** A job of tenant "ada" of cost 1 that asks for nothing in particular. */
export function newJob(fields: Partial<NewJob> = {}): NewJob {
  return { tenant: "ada", id: `video_${randomUUID()}`, request: { prompt: "un cane" }, cost: 1, ...fields };
}

/** Ends a lease as completed. */
export function completed(result: JobRecord["result"] = {}): LeaseOutcome {
  return { kind: "finish", state: "completed", patch: { result } };
}

/** Resolves when the lease's signal aborts; the code of its reason. */
export async function aborted(lease: JobLease): Promise<string> {
  if (!lease.signal.aborted) {
    await new Promise((resolve) => lease.signal.addEventListener("abort", resolve, { once: true }));
  }
  return (lease.signal.reason as { code: string }).code;
}

/** The record once it is in `state`; throws when that takes too long. */
export async function recordIn(
  store: JobStore,
  job: { tenant: string; id: string },
  state: JobRecord["state"],
): Promise<JobRecord> {
  const endsAt = performance.now() + 2 * REDELIVERY_MS;
  for (;;) {
    const record = await store.get(job.tenant, job.id);
    if (record?.state === state) return record;
    if (performance.now() > endsAt) throw new Error(`Waited for ${state}: ${JSON.stringify(record)}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
