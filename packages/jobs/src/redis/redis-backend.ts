import type { Clock, JobBackend, JobLogger } from "../job-backend.ts";
import { createTicketQueue } from "./bull-queue.ts";
import { warnAboutDurability } from "./durability-check.ts";
import { startQueueRepair } from "./queue-repair.ts";
import { createRedisChanges } from "./redis-changes.ts";
import { connectForCommands, connectForWaiting } from "./redis-connection.ts";
import { withRedisErrors } from "./redis-error.ts";
import { startRedisIntake } from "./redis-intake.ts";
import { createRedisKeys } from "./redis-keys.ts";
import { createRedisRecords } from "./redis-records.ts";

/** Settings of the Redis backend, all given. */
export interface RedisBackendOptions {
  readonly url: string;
  readonly prefix: string;
  readonly leaseMs: number;
  readonly clock: Clock;
  readonly logger: JobLogger;
}

/** Jobs in Redis, delivered by BullMQ, shared by any number of processes. */
export function createRedisBackend(options: RedisBackendOptions): JobBackend {
  const { url, leaseMs, clock, logger } = options;
  const keys = createRedisKeys(options.prefix);
  const redis = connectForCommands(url, logger);
  warnAboutDurability(redis, logger);
  const records = createRedisRecords(redis, keys);
  const changes = createRedisChanges(connectForWaiting(url, logger), keys.changes);
  const tickets = createTicketQueue({ redis, keys, logger });

  const backend: JobBackend = {
    leaseMs,
    clock,
    insert: async (draft, job) => {
      const result = await records.insert(draft, job);
      // The record is durable: if this fails, the queue repair finds it in the outbox.
      if (result.kind === "created") await tickets.offer(result.job, clock());
      return result;
    },
    read: records.read,
    mutate: async (id, change) => {
      const { before, after } = await records.mutate(id, change);
      const cancelledInQueue = before?.record.state === "queued" && after?.record.state === "cancelled";
      if (cancelledInQueue) tickets.drop(id);
      return after;
    },
    heartbeat: (id) => records.read(id),
    remove: async (tenant, id) => {
      const removed = await records.remove(tenant, id);
      if (removed) tickets.drop(id);
      return removed;
    },
    page: records.page,
    scan: records.scan,
    count: records.count,
    subscribe: changes.onJob,
    startIntake: (intake) => startRedisIntake(intake, { backend, keys, logger, url }),
    ping: async () => void (await withRedisErrors(redis.ping())),
    close: async () => {
      repair.stop();
      changes.close();
      await tickets.close();
      redis.disconnect();
    },
  };
  const repair = startQueueRepair({ redis, keys, tickets, backend, logger });
  return backend;
}
