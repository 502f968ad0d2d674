import { Redis, type RedisOptions } from "ioredis";
import type { JobLogger } from "../job-backend.ts";

const CONNECT_TIMEOUT_MS = 2000;
const COMMAND_TIMEOUT_MS = 2000;
const LONGEST_RECONNECT_PAUSE_MS = 500;

const SHARED = {
  connectTimeout: CONNECT_TIMEOUT_MS,
  // Longer pauses would delay recovery by as much.
  retryStrategy: (times: number) => Math.min(times * 50, LONGEST_RECONNECT_PAUSE_MS),
  replyMapping: "legacy",
} as const satisfies RedisOptions;

/**
 * A connection whose commands fail within seconds when Redis is away. A command whose reply was lost
 * is not sent again: it may have been carried out, and a second begin would be another lease.
 */
export function connectForCommands(url: string, logger: JobLogger): Redis {
  return observed(
    new Redis(url, {
      ...SHARED,
      maxRetriesPerRequest: 1,
      commandTimeout: COMMAND_TIMEOUT_MS,
      autoResendUnfulfilledCommands: false,
    }),
    logger,
  );
}

/** A connection that waits for Redis however long it takes: for workers and subscriptions. */
export function connectForWaiting(url: string, logger: JobLogger): Redis {
  return observed(new Redis(url, { ...SHARED, maxRetriesPerRequest: null }), logger);
}

function observed(redis: Redis, logger: JobLogger): Redis {
  let down = false;
  redis.on("error", (error) => {
    if (!down) logger.warn({ err: error }, "redis connection failed");
    down = true;
  });
  redis.on("ready", () => {
    if (down) logger.info({}, "redis connection is back");
    down = false;
  });
  return redis;
}
