import type { Redis } from "ioredis";
import type { JobLogger } from "../job-backend.ts";

/** Settings of Redis without which a job may be lost. */
const NEEDED: readonly (readonly [setting: string, value: string])[] = [
  ["maxmemory-policy", "noeviction"],
  ["appendonly", "yes"],
  ["appendfsync", "always"],
];

/** Warns once about settings that break the promise of a durable create. Managed services may hide them. */
export function warnAboutDurability(redis: Redis, logger: JobLogger): void {
  redis.once("ready", () => void compareSettings(redis, logger));
}

async function compareSettings(redis: Redis, logger: JobLogger): Promise<void> {
  for (const [setting, needed] of NEEDED) {
    const [, value] = await redis.config("GET", setting).catch(() => []);
    if (value !== undefined && value !== needed) {
      logger.warn({ setting, value, needed }, "redis setting may lose jobs");
    }
  }
}
