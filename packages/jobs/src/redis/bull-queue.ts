import { type JobsOptions, Queue } from "bullmq";
import type { Redis } from "ioredis";
import type { JobLogger } from "../job-backend.ts";
import { priorityOfTag } from "../machine/fair-queue.ts";
import type { StoredJob } from "../machine/stored-job.ts";
import { withRedisErrors } from "./redis-error.ts";
import type { RedisKeys } from "./redis-keys.ts";

/** Name of the one BullMQ queue. */
export const QUEUE_NAME = "jobs";

/** What BullMQ carries: only the id. The record decides what it means. */
export interface Ticket {
  readonly id: string;
}

/** The BullMQ side of the queue: at most one ticket per job. */
export interface TicketQueue {
  /** Adds the ticket of a job just created. Never rejects: the job stays in the outbox until it has one. */
  offer(job: StoredJob, nowMs: number): Promise<void>;
  /** Adds the job's ticket; does nothing when it has one. */
  add(job: StoredJob, nowMs: number): Promise<void>;
  /** Takes back, if possible, a ticket that no worker has; else it is delivered and means nothing. */
  drop(id: string): void;
  /** Of these jobs, those without a ticket. */
  withoutTicket(ids: readonly string[]): Promise<string[]>;
  close(): Promise<void>;
}

/** The queue on a connection, which stays the caller's. */
export function createTicketQueue(deps: { redis: Redis; keys: RedisKeys; logger: JobLogger }): TicketQueue {
  const { redis, keys, logger } = deps;
  const queue = new Queue<Ticket>(QUEUE_NAME, {
    connection: redis,
    prefix: keys.bull,
    skipWaitingForReady: true,
    // Nobody reads BullMQ's event stream.
    streams: { events: { maxLen: 100 } },
  });
  queue.on("error", (error) => logger.debug({ err: error }, "bullmq queue error"));
  const add: TicketQueue["add"] = async (job, nowMs) => {
    await withRedisErrors(queue.add("run", { id: job.record.id }, ticketOptions(job, nowMs)));
  };
  return {
    add,
    offer: async (job, nowMs) => {
      try {
        await add(job, nowMs);
        await redis.zrem(keys.outbox, job.record.id);
      } catch (error) {
        logger.warn({ jobId: job.record.id, err: error }, "job not queued yet");
      }
    },
    drop: (id) => {
      queue.remove(ticketId(id)).catch((error: unknown) => {
        logger.debug({ jobId: id, err: error }, "ticket not removed");
      });
    },
    withoutTicket: async (ids) => {
      const pipeline = redis.pipeline();
      for (const id of ids) pipeline.exists(queue.toKey(ticketId(id)));
      const replies = (await withRedisErrors(pipeline.exec())) ?? [];
      return ids.filter((_, i) => replies[i]?.[0] === null && replies[i]?.[1] === 0);
    },
    close: () => queue.close(),
  };
}

function ticketOptions(job: StoredJob, nowMs: number): JobsOptions {
  return {
    jobId: ticketId(job.record.id),
    priority: priorityOfTag(job.tags.finish),
    delay: Math.max(0, job.notBeforeMs - nowMs),
    removeOnComplete: true,
    removeOnFail: true,
  };
}

/** BullMQ refuses ids that look like integers or contain a colon. */
function ticketId(id: string): string {
  return `job-${encodeURIComponent(id)}`;
}
