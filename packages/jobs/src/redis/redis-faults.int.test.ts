import { waitUntil } from "@kinora/testing";
import { Redis } from "ioredis";
import { describe, expect, it } from "vitest";
import {
  aborted,
  completed,
  LEASE_MS,
  makeRedisWorld,
  newJob,
  recordIn,
} from "../conformance/world.conformance.ts";
import type { JobEvent } from "../job-store.ts";

/** Longest wait for a call on a Redis that is away or silent. */
const FAST_MS = 4000;

describe("Redis faults", () => {
  it("fails calls quickly while Redis is away, loses nothing, and goes on by itself", async () => {
    await using world = await makeRedisWorld();
    const store = world.open();
    const [finished, waiting] = [newJob(), newJob()];
    await store.create(finished);
    const worker = store.startWorker({ concurrency: 1, run: async () => completed() });
    await recordIn(store, finished, "completed");
    await worker.stop();
    await store.create(waiting);
    const events: JobEvent[] = [];
    const watching = (async () => {
      const { signal } = new AbortController();
      for await (const event of store.watch("ada", waiting.id, { signal })) events.push(event);
    })();
    await waitUntil(() => events.length === 1);

    await world.server.kill9();
    const startedAt = performance.now();
    const calls = [store.ping(), store.get("ada", waiting.id), store.create(newJob()), store.stats()];
    for (const call of await Promise.allSettled(calls)) {
      expect(call).toMatchObject({ status: "rejected", reason: { code: "unavailable" } });
    }
    expect(performance.now() - startedAt).toBeLessThan(FAST_MS);
    store.startWorker({ concurrency: 1, run: async () => completed() });
    await pause(500);
    await world.server.restart();

    expect(await recordIn(await reachable(store), waiting, "completed")).toBeDefined();
    expect((await store.get("ada", finished.id))?.state).toBe("completed");
    await watching;
    expect(events.at(-1)?.record.state).toBe("completed");
  });

  it("fails calls quickly while Redis is silent", async () => {
    await using world = await makeRedisWorld();
    const store = world.open();
    await store.ping();
    await using admin = connect(world.server.url);
    await admin.redis.client("PAUSE", 5000, "ALL");
    const startedAt = performance.now();
    await expect(store.get("ada", "x")).rejects.toMatchObject({ code: "unavailable" });
    expect(performance.now() - startedAt).toBeLessThan(FAST_MS);
    await admin.redis.client("UNPAUSE");
  });

  it("answers a full Redis with unavailable, and takes jobs again when there is room", async () => {
    await using world = await makeRedisWorld();
    const store = world.open();
    await using admin = connect(world.server.url);
    await admin.redis.config("SET", "maxmemory", "1");
    await expect(store.create(newJob())).rejects.toMatchObject({ code: "unavailable" });
    expect(await store.get("ada", "x")).toBeUndefined();
    await admin.redis.config("SET", "maxmemory", "0");
    expect((await store.create(newJob())).created).toBe(true);
  });

  it("queues a job again whose creator died before BullMQ had it", async () => {
    await using world = await makeRedisWorld();
    const store = world.open();
    const jobs = [newJob({ id: "a:1" }), newJob({ id: "42" })];
    for (const job of jobs) await store.create(job);
    await using admin = connect(world.server.url);
    await admin.redis.del(...(await admin.redis.keys("{kinora}:bull:*")));
    store.startWorker({ concurrency: 1, run: async () => completed() });
    for (const job of jobs) expect(await recordIn(store, job, "completed")).toMatchObject({ epoch: 1 });
  });

  it("aborts the lease whose BullMQ lock is gone, and delivers the job again", async () => {
    await using world = await makeRedisWorld();
    const store = world.open();
    const job = newJob();
    await store.create(job);
    await using admin = connect(world.server.url);
    const codes: string[] = [];
    store.startWorker({
      concurrency: 1,
      run: async (lease) => {
        if (lease.epoch > 1) return completed({ by: lease.epoch });
        await admin.redis.del(`{kinora}:bull:jobs:job-${job.id}:lock`);
        const lostAt = performance.now();
        codes.push(await aborted(lease));
        expect(performance.now() - lostAt).toBeLessThan(LEASE_MS);
        return completed({ by: lease.epoch });
      },
    });
    const record = await recordIn(store, job, "completed");
    expect(codes).toEqual(["lease_lost"]);
    expect(record).toMatchObject({ epoch: 2, result: { by: 2 } });
  });

  it("leaves nothing behind of jobs that are deleted but for a day where pages may begin", async () => {
    await using world = await makeRedisWorld();
    const store = world.open();
    const worker = store.startWorker({ concurrency: 4, run: async () => completed() });
    const jobs = Array.from({ length: 30 }, (_, i) => newJob({ tenant: `t${i}` }));
    for (const job of jobs) await store.create(job);
    for (const job of jobs) await recordIn(store, job, "completed");
    await worker.stop();
    for (const job of jobs) await store.delete(job.tenant, job.id);
    await using admin = connect(world.server.url);
    const left = (await admin.redis.keys("*")).filter((key) => key !== "{kinora}:repair-turn");
    const bull = ["events", "id", "marker", "meta", "pc", "stalled", "stalled-check"];
    const allowed = new Set(bull.map((key) => `{kinora}:bull:jobs:${key}`));
    const own = left.filter((key) => !allowed.has(key)).toSorted();
    expect(own).toEqual(jobs.map(({ tenant, id }) => `{kinora}:gone:${tenant}:${id}`).toSorted());
    for (const key of own) expect(await admin.redis.pttl(key)).toBeGreaterThan(0);
  });

  it("rides out a Redis that restarts in the middle of a run", async () => {
    await using world = await makeRedisWorld();
    const store = world.open({ leaseMs: 5000 });
    const job = newJob();
    await store.create(job);
    store.startWorker({
      concurrency: 1,
      run: async (lease) => {
        if (lease.epoch === 1) {
          await world.server.kill9();
          setTimeout(() => void world.server.restart(), 500);
        }
        return completed({ by: lease.epoch });
      },
    });
    await pause(1500);
    expect(await recordIn(await reachable(store), job, "completed")).toMatchObject({ epoch: 1 });
  });
});

function connect(url: string) {
  const redis = new Redis(url);
  return { redis, [Symbol.asyncDispose]: async () => redis.disconnect() };
}

async function reachable<T extends { ping(): Promise<void> }>(store: T): Promise<T> {
  for (;;) {
    try {
      await store.ping();
      return store;
    } catch {
      await pause(100);
    }
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
