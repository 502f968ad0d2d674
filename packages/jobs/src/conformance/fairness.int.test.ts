import { describe, expect, it } from "vitest";
import type { JobStore, NewJob } from "../job-store.ts";
import { ADAPTERS, completed, newJob, recordIn } from "./world.conformance.ts";

describe.each(ADAPTERS)("fairness in $name", ({ makeWorld }) => {
  it("serves in order of virtual finish times, by cost over weight", async () => {
    await using world = await makeWorld();
    const store = world.open();
    // Finish tags: a1..a6 = 1..6; b1..b6 = 0.5, 1, .. 3; c1, c2 = 3, 6. Equal tags: first created first.
    await enqueue(store, "a", { cost: 1, count: 6 });
    await enqueue(store, "b", { cost: 1, weight: 2, count: 6 });
    await enqueue(store, "c", { cost: 3, count: 2 });
    const order = await serveAll(store);
    expect(order.join(" ")).toBe("b1 a1 b2 b3 a2 b4 b5 a3 b6 c1 a4 a5 a6 c2");
  });

  it("keeps its order whatever the unit of cost is", async () => {
    await using world = await makeWorld();
    const store = world.open();
    const unit = 8 * 65 * 512 * 512;
    await enqueue(store, "a", { cost: 3 * unit, count: 4 });
    await enqueue(store, "b", { cost: unit, count: 8 });
    expect((await serveAll(store)).join(" ")).toBe("b1 b2 a1 b3 b4 b5 a2 b6 b7 b8 a3 a4");
  });

  it("serves a newcomer next, however long another tenant's queue is", async () => {
    await using world = await makeWorld();
    const store = world.open();
    await enqueue(store, "a", { cost: 1, count: 15 });
    const order: string[] = [];
    store.startWorker({
      concurrency: 1,
      run: async (lease) => {
        order.push(lease.id);
        if (lease.id === "a5") await enqueue(store, "b", { cost: 1, count: 2 });
        return completed();
      },
    });
    await recordIn(store, { tenant: "a", id: "a15" }, "completed");
    expect(order.slice(0, 9).join(" ")).toBe("a1 a2 a3 a4 a5 b1 a6 b2 a7");
  });

  it("forgets who was served once the queue was empty", async () => {
    await using world = await makeWorld();
    const store = world.open();
    await enqueue(store, "a", { cost: 1000, count: 2 });
    const worker = store.startWorker({ concurrency: 1, run: async () => completed() });
    await recordIn(store, { tenant: "a", id: "a2" }, "completed");
    await worker.stop();
    await enqueue(store, "a", { cost: 1, count: 2, from: 3 });
    await enqueue(store, "b", { cost: 1, count: 2 });
    expect((await serveAll(store)).join(" ")).toBe("a3 b1 a4 b2");
  });

  it("keeps a retried job's place before later ones", async () => {
    await using world = await makeWorld();
    const store = world.open();
    await enqueue(store, "a", { cost: 1, count: 3 });
    const order: string[] = [];
    store.startWorker({
      concurrency: 1,
      run: async (lease) => {
        order.push(lease.id);
        if (order.length === 1) {
          await new Promise((resolve) => setTimeout(resolve, 50));
          return { kind: "retry", delayMs: 0, countsAsAttempt: false };
        }
        return completed();
      },
    });
    await recordIn(store, { tenant: "a", id: "a3" }, "completed");
    expect(order.join(" ")).toBe("a1 a1 a2 a3");
  });
});

/** Creates `count` jobs of a tenant, named a1, a2 and so on. */
async function enqueue(
  store: JobStore,
  tenant: string,
  { count, from = 1, ...job }: Pick<NewJob, "cost" | "weight"> & { count: number; from?: number },
): Promise<void> {
  for (let i = from; i < from + count; i += 1) {
    await store.create(newJob({ ...job, tenant, id: `${tenant}${i}` }));
  }
}

/** Runs everything queued, one at a time; the ids in the order of service. */
async function serveAll(store: JobStore): Promise<string[]> {
  const { queued } = await store.stats();
  const order: string[] = [];
  const done = Promise.withResolvers<void>();
  const worker = store.startWorker({
    concurrency: 1,
    run: async (lease) => {
      order.push(lease.id);
      if (order.length === queued) done.resolve();
      return completed();
    },
  });
  await done.promise;
  await worker.stop();
  return order;
}
