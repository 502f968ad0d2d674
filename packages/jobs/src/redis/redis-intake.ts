import { setTimeout as sleep } from "node:timers/promises";
import { type Processor, Worker } from "bullmq";
import type { Redis } from "ioredis";
import type { Intake, IntakeOptions, JobBackend, JobLogger } from "../job-backend.ts";
import { QUEUE_NAME, type Ticket } from "./bull-queue.ts";
import { createTicketProcessor } from "./process-ticket.ts";
import { connectForWaiting } from "./redis-connection.ts";
import type { RedisKeys } from "./redis-keys.ts";

/** BullMQ fails a ticket that stalls more often; how often a job may crash is the record's business. */
const UNLIMITED_STALLS = 1_000_000_000;
/** Pause of the worker's loop after a Redis error. */
const ERROR_PAUSE_MS = 500;
/** How long closing waits for BullMQ once no job is in hand. */
const CLOSE_TIMEOUT_MS = 5000;

/** Takes tickets from BullMQ, on a connection of its own, and begins their jobs. */
export function startRedisIntake(
  options: IntakeOptions,
  deps: { backend: JobBackend; keys: RedisKeys; logger: JobLogger; url: string },
): Intake {
  const { backend, keys, logger } = deps;
  const connection = connectForWaiting(deps.url, logger);
  const tickets = createTicketProcessor({ backend, handle: options.handle, logger });
  const worker = startBullWorker(tickets.process, {
    connection,
    prefix: keys.bull,
    concurrency: options.concurrency,
    leaseMs: backend.leaseMs,
  });
  worker.on("error", (error) => logger.debug({ err: error }, "bullmq worker error"));
  worker.on("lockRenewalFailed", tickets.revoke);
  return {
    stop: async () => {
      const closed = worker.close();
      await tickets.stop();
      await Promise.race([closed, sleep(CLOSE_TIMEOUT_MS, undefined, { ref: false })]);
      connection.disconnect();
    },
  };
}

function startBullWorker(
  process: Processor<Ticket, void>,
  options: { connection: Redis; prefix: string; concurrency: number; leaseMs: number },
): Worker<Ticket, void> {
  const { leaseMs, ...rest } = options;
  return new Worker<Ticket, void>(QUEUE_NAME, process, {
    ...rest,
    lockDuration: leaseMs,
    lockRenewTime: leaseMs / 3,
    stalledInterval: leaseMs * 0.4,
    maxStalledCount: UNLIMITED_STALLS,
    runRetryDelay: ERROR_PAUSE_MS,
  });
}
