import { createBackendStore } from "../backend-store.ts";
import type { Clock, JobLogger } from "../job-backend.ts";
import type { JobStore } from "../job-store.ts";
import { createRedisBackend } from "./redis-backend.ts";

/** Settings of the shared store. */
export interface RedisJobStoreOptions {
  /** redis:// or rediss:// URL. */
  readonly url: string;
  readonly logger: JobLogger;
  /** What every key begins with ("kinora"). */
  readonly prefix?: string;
  /** A lease without a heartbeat ends after this time (5000). */
  readonly leaseMs?: number;
  readonly clock?: Clock;
}

/**
 * Jobs in Redis, delivered by BullMQ: several gateways, many workers. Redis needs `appendonly yes`,
 * `appendfsync always` and `maxmemory-policy noeviction`. Connects in the background: calls throw
 * AppError `unavailable` within seconds while Redis is away, workers go on when it is back.
 */
export function createRedisJobStore(options: RedisJobStoreOptions): JobStore {
  const { url, logger, prefix = "kinora", leaseMs = 5000, clock = Date.now } = options;
  return createBackendStore(createRedisBackend({ url, prefix, leaseMs, clock, logger }), logger);
}
