import type { Redis } from "ioredis";
import type { JobBackend, JobLogger } from "../job-backend.ts";
import { isTerminal } from "../machine/stored-job.ts";
import type { TicketQueue } from "./bull-queue.ts";
import { withRedisErrors } from "./redis-error.ts";
import type { RedisKeys } from "./redis-keys.ts";

const REPAIR_INTERVAL_MS = 2000;
/** A created job may be on its way into BullMQ for this long. */
const OUTBOX_AGE_MS = 1000;
const CHUNK = 500;

/**
 * Finds unfinished jobs without a ticket and gives them one: a gateway may die between writing a
 * job and queueing it. One process at a time; the outbox in every round, all jobs chunk by chunk.
 */
export function startQueueRepair(deps: {
  redis: Redis;
  keys: RedisKeys;
  tickets: TicketQueue;
  backend: JobBackend;
  logger: JobLogger;
}): { stop(): void } {
  let offset = 0;
  const round = async (): Promise<void> => {
    const { redis, keys, backend, logger } = deps;
    const turn = redis.set(keys.repairTurn, "1", "PX", Math.floor(REPAIR_INTERVAL_MS * 0.9), "NX");
    if ((await withRedisErrors(turn)) !== "OK") return;
    const oldEnough = backend.clock() - OUTBOX_AGE_MS;
    const outbox = redis.zrangebyscore(keys.outbox, 0, oldEnough, "LIMIT", 0, CHUNK);
    const queued = redis.zrange(keys.queued, offset, String(offset + CHUNK - 1));
    const running = redis.zrange(keys.running, offset, String(offset + CHUNK - 1));
    const chunks = await withRedisErrors(Promise.all([outbox, queued, running]));
    offset = Math.max(chunks[1].length, chunks[2].length) < CHUNK ? 0 : offset + CHUNK;
    const missing = await deps.tickets.withoutTicket([...new Set(chunks.flat())]);
    for (const id of missing) await addTicket(deps, id);
    if (chunks[0].length > 0) await withRedisErrors(redis.zrem(keys.outbox, ...chunks[0]));
    if (missing.length > 0)
      logger.warn({ jobIds: missing.slice(0, 10), count: missing.length }, "jobs queued again");
  };
  const timer = setInterval(() => {
    round().catch((error: unknown) => deps.logger.debug({ err: error }, "queue repair failed"));
  }, REPAIR_INTERVAL_MS);
  return { stop: () => clearInterval(timer) };
}

async function addTicket(
  { backend, tickets }: { backend: JobBackend; tickets: TicketQueue },
  id: string,
): Promise<void> {
  const job = await backend.read(id);
  if (job !== undefined && !isTerminal(job.record.state)) await tickets.add(job, backend.clock());
}
