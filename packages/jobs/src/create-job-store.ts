import type { Clock, JobLogger } from "./job-backend.ts";
import type { JobStore } from "./job-store.ts";
import { createRedisJobStore } from "./redis/create-redis-job-store.ts";
import { createSqliteJobStore } from "./sqlite/create-sqlite-job-store.ts";

/** Settings of whichever store the configuration asks for. */
export interface CreateJobStoreOptions {
  /** Set: Redis and BullMQ. Undefined: SQLite. */
  readonly redisUrl?: string | undefined;
  /** What every Redis key begins with ("kinora"). */
  readonly redisPrefix?: string | undefined;
  /** The SQLite file. */
  readonly sqlitePath: string;
  /** A lease without a heartbeat ends after this time (5000). */
  readonly leaseMs?: number | undefined;
  readonly clock?: Clock | undefined;
  readonly logger: JobLogger;
}

/** Opens the Redis store when there is a URL for it, else the SQLite one. */
export function createJobStore(options: CreateJobStoreOptions): JobStore {
  const { redisUrl, redisPrefix = "kinora", sqlitePath, logger } = options;
  const { leaseMs = 5000, clock = Date.now } = options;
  return redisUrl === undefined
    ? createSqliteJobStore({ path: sqlitePath, leaseMs, clock, logger })
    : createRedisJobStore({ url: redisUrl, prefix: redisPrefix, leaseMs, clock, logger });
}
