import type { Clock, JobBackend, JobLogger } from "../job-backend.ts";
import { createTicketQueue } from "./bull-queue.ts";
import { warnAboutDurability } from "./durability-check.ts";
import { startQueueRepair } from "./queue-repair.ts";
import { createRedisChanges } from "./redis-changes.ts";
import { connectForCommands, connectForWaiting } from "./redis-connection.ts";
import { withRedisErrors } from "./redis-error.ts";
import { startRedisIntake } from "./redis-intake.ts";
import { createRedisKeys } from "./redis-keys.ts";
import { createRedisRecords, mutateRecord } from "./redis-records.ts";

/** Jobs in Redis, delivered by BullMQ, shared by any number of processes. */
export function createRedisBackend(options: {
  url: string;
  prefix: string;
  leaseMs: number;
  clock: Clock;
  logger: JobLogger;
}): JobBackend {
  const { url, leaseMs, clock, logger } = options;
  const keys = createRedisKeys(options.prefix);
  const redis = connectForCommands(url, logger);
  warnAboutDurability(redis, logger);
  const records = createRedisRecords(redis, keys);
  const changes = createRedisChanges(connectForWaiting(url, logger), keys.changes);
  const tickets = createTicketQueue(redis, { prefix: `${keys.root}:bull`, logger });
  const dropTicket = (id: string): void => {
    // Best effort: a ticket without a job is delivered and dropped.
    tickets.remove(id).catch((error) => logger.debug({ jobId: id, err: error }, "ticket not removed"));
  };

  const backend: JobBackend = {
    leaseMs,
    clock,
    insert: async (draft, job) => {
      const result = await records.insert(draft, job);
      if (result.kind === "created") {
        // The record is durable: if this fails, the queue repair finds it in the outbox.
        await tickets.add(result.job, clock()).then(
          () => redis.zrem(keys.outbox, job.id).catch(() => undefined),
          (error) => logger.warn({ jobId: job.id, err: error }, "job not queued yet"),
        );
      }
      return result;
    },
    read: records.read,
    mutate: async (id, change) => {
      const { before, after } = await mutateRecord(records, id, change);
      const cancelledInQueue = before?.record.state === "queued" && after?.record.state === "cancelled";
      if (cancelledInQueue) dropTicket(id);
      return after;
    },
    heartbeat: (id) => records.read(id),
    remove: async (tenant, id) => {
      const removed = await records.remove(tenant, id);
      if (removed) dropTicket(id);
      return removed;
    },
    page: records.page,
    scan: records.scan,
    stats: async () => {
      const { oldestCreatedAtMs, ...counts } = await records.stats();
      const age = oldestCreatedAtMs === undefined ? 0 : clock() - oldestCreatedAtMs;
      return { ...counts, oldestQueuedMs: Math.max(0, age) };
    },
    subscribe: changes.onJob,
    startIntake: (intakeOptions) => {
      const connection = connectForWaiting(url, logger);
      const deps = { backend, connection, prefix: `${keys.root}:bull`, logger };
      const intake = startRedisIntake(intakeOptions, deps);
      return {
        stop: async () => {
          await intake.stop();
          connection.disconnect();
        },
      };
    },
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
