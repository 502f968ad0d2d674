import { AppError } from "@kinora/errors";
import type { Redis } from "ioredis";

const SUBSCRIBE_TIMEOUT_MS = 2000;

/** Who listens to which job, fed by one subscription. */
export interface RedisChanges {
  /** Resolves once changes arrive. Throws `unavailable` when that takes too long. */
  onJob(id: string, changed: () => void): Promise<() => void>;
  close(): void;
}

/** Subscribes `connection` (used for nothing else) to the channel on which changed ids are published. */
export function createRedisChanges(connection: Redis, channel: string): RedisChanges {
  const byJob = new Map<string, Set<() => void>>();
  let listening = Promise.withResolvers<void>();
  connection.on("message", (_channel, id: string) => {
    for (const changed of [...(byJob.get(id) ?? [])]) changed();
  });
  // Messages sent while the connection was down are lost: everybody looks again after it is back.
  const listen = async (): Promise<void> => {
    await connection.subscribe(channel);
    listening.resolve();
    for (const listeners of [...byJob.values()]) for (const changed of [...listeners]) changed();
  };
  connection.on("ready", () => void listen().catch(() => undefined));
  connection.on("close", () => {
    listening.resolve();
    listening = Promise.withResolvers<void>();
  });
  return {
    onJob: async (id, changed) => {
      const listeners = byJob.get(id) ?? new Set();
      byJob.set(id, listeners.add(changed));
      const stop = (): void => {
        listeners.delete(changed);
        if (listeners.size === 0 && byJob.get(id) === listeners) byJob.delete(id);
      };
      try {
        await withinTime(listening.promise);
        return stop;
      } catch (error) {
        stop();
        throw error;
      }
    },
    close: () => {
      byJob.clear();
      connection.disconnect();
    },
  };
}

async function withinTime(work: Promise<void>): Promise<void> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    const reason = `no subscription within ${SUBSCRIBE_TIMEOUT_MS} ms`;
    late.reject(new AppError("unavailable", { what: "Redis", reason }));
  }, SUBSCRIBE_TIMEOUT_MS);
  try {
    await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
