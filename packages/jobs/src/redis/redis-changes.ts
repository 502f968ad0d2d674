import { AppError } from "@kinora/errors";
import type { Redis } from "ioredis";
import { createJobListeners } from "../job-listeners.ts";

const SUBSCRIBE_TIMEOUT_MS = 2000;

/** Who listens to which job, fed by one subscription. */
export interface RedisChanges {
  /** Resolves once changes arrive. Throws `unavailable` when that takes too long. */
  onJob(id: string, changed: () => void): Promise<() => void>;
  close(): void;
}

/** Subscribes `connection` (used for nothing else) to the channel on which changed ids are published. */
export function createRedisChanges(connection: Redis, channel: string): RedisChanges {
  const jobs = createJobListeners();
  let listening = Promise.withResolvers<void>();
  // Messages sent while the connection was down are lost: everybody looks again once it is back.
  const listen = async (): Promise<void> => {
    await connection.subscribe(channel);
    listening.resolve();
    jobs.notifyAll();
  };
  connection.on("message", (_channel, id: string) => jobs.notify(id));
  // A failure closes the connection, and the next one is ready again.
  connection.on("ready", () => void listen().catch(() => undefined));
  connection.on("close", () => {
    // Those who wait now need not: the next "ready" notifies them.
    listening.resolve();
    listening = Promise.withResolvers<void>();
  });
  return {
    onJob: async (id, changed) => {
      const stop = jobs.add(id, changed);
      try {
        await withinTime(listening.promise);
        return stop;
      } catch (error) {
        stop();
        throw error;
      }
    },
    close: () => {
      jobs.clear();
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
