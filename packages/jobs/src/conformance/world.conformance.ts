import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type NodeProcess, type RedisServer, spawnNode, startRedis, temporaryFolder } from "@kinora/testing";
import { type CreateJobStoreOptions, createJobStore } from "../create-job-store.ts";
import type { Clock, JobLogger } from "../job-backend.ts";
import type { JobLease, JobRecord, JobStore, LeaseOutcome, NewJob } from "../job-store.ts";

/** Lease of the suites: short, so that a dead worker's job comes back within a test's patience. */
export const LEASE_MS = 1000;
/** Within this time a dead worker's job is delivered again, on a busy machine too. */
export const REDELIVERY_MS = 10 * LEASE_MS;

/** Where one test's jobs are. */
export type StoreAddress = Pick<CreateJobStoreOptions, "redisUrl" | "redisPrefix" | "sqlitePath">;

/** An empty database of one adapter for one test, and everything that the test opens on it. */
export interface World extends AsyncDisposable {
  readonly address: StoreAddress;
  open(options?: { clock?: Clock; leaseMs?: number; logger?: JobLogger }): JobStore;
  /** Opens the same database in another process. */
  spawn(role: ProcessRole): NodeProcess;
}

/** What a store process does; see store-process.conformance.ts. */
export type ProcessRole = "work" | "crash-in-stage" | { readonly create: NewJob };

/** The adapters that the conformance suites run on. */
export const ADAPTERS: readonly { readonly name: string; readonly makeWorld: () => Promise<World> }[] = [
  { name: "SQLite", makeWorld: makeSqliteWorld },
  { name: "Redis", makeWorld: makeRedisWorld },
];

/** A logger for tests whose failures are asserted, not read. */
export const silentLogger: JobLogger = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
};

/** A world in a new folder. */
export async function makeSqliteWorld(): Promise<World> {
  const folder = await temporaryFolder("jobs");
  return makeWorld({ sqlitePath: join(folder.path, "data", "jobs.sqlite") }, folder.remove);
}

/** A world in a redis-server of its own. */
export async function makeRedisWorld(): Promise<World & { readonly server: RedisServer }> {
  const server = await startRedis();
  return { ...makeWorld({ redisUrl: server.url, sqlitePath: "unused" }, server.stop), server };
}

function makeWorld(address: StoreAddress, remove: () => Promise<void>): World {
  const stores: JobStore[] = [];
  const children: NodeProcess[] = [];
  return {
    address,
    open: (options = {}) => {
      const store = createJobStore({ ...address, leaseMs: LEASE_MS, logger: silentLogger, ...options });
      stores.push(store);
      return store;
    },
    spawn: (role) => {
      const file = fileURLToPath(new URL("./store-process.conformance.ts", import.meta.url));
      const child = spawnNode(file, { args: [JSON.stringify({ address, role, leaseMs: LEASE_MS })] });
      children.push(child);
      return child;
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all(children.map((child) => child.kill()));
      await Promise.all(stores.map((store) => store.close()));
      await remove();
    },
  };
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
