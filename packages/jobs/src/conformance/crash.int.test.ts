import type { NodeProcess } from "@kinora/testing";
import { describe, expect, it } from "vitest";
import { type JobStore, MAX_STAGE_STARTS } from "../job-store.ts";
import {
  ADAPTERS,
  aborted,
  completed,
  LEASE_MS,
  newJob,
  REDELIVERY_MS,
  recordIn,
} from "./world.conformance.ts";

describe.each(ADAPTERS)("crashes in $name", ({ makeWorld }) => {
  it("keeps a job whose creator was killed right after create", async () => {
    await using world = await makeWorld();
    const job = newJob({ idempotency: { key: "k", fingerprint: "f", ttlMs: 60_000 } });
    expect(await world.spawn({ create: job }).exit()).toMatchObject({ signal: "SIGKILL" });
    const store = world.open();
    expect(await store.get("ada", job.id)).toMatchObject({ state: "queued", request: job.request });
    expect(await store.create(job)).toMatchObject({ created: false });
    store.startWorker({ concurrency: 1, run: async () => completed() });
    expect(await recordIn(store, job, "completed")).toMatchObject({ epoch: 1 });
  });

  it("delivers the job of a killed worker again, and counts the attempt", async () => {
    await using world = await makeWorld();
    const store = world.open();
    const child = world.spawn("work");
    const job = newJob();
    await store.create(job);
    expect(await nextMessage(child, "leased")).toMatchObject({ id: job.id, epoch: 1 });
    store.startWorker({ concurrency: 1, run: async () => completed({ by: "second" }) });
    const killedAt = performance.now();
    await child.kill();
    const record = await recordIn(store, job, "completed");
    expect(record).toMatchObject({ epoch: 2, attempts: 1, result: { by: "second" } });
    expect(performance.now() - killedAt).toBeLessThan(REDELIVERY_MS);
  });

  it("keeps a lease for as long as its worker beats", async () => {
    await using world = await makeWorld();
    const [store, other] = [world.open(), world.open()];
    const job = newJob();
    await store.create(job);
    let runs = 0;
    for (const each of [store, other]) {
      each.startWorker({
        concurrency: 1,
        run: async () => {
          runs += 1;
          await new Promise((resolve) => setTimeout(resolve, 3.5 * LEASE_MS));
          return completed();
        },
      });
    }
    expect(await recordIn(store, job, "completed")).toMatchObject({ epoch: 1, attempts: 0 });
    expect(runs).toBe(1);
  });

  it("refuses a zombie that wakes after another worker took over", async () => {
    await using world = await makeWorld();
    const store = world.open();
    const zombie = world.spawn("work");
    const job = newJob();
    await store.create(job);
    await nextMessage(zombie, "leased");
    await suspend(zombie, store);
    store.startWorker({
      concurrency: 1,
      run: async (lease) => {
        if (lease.id !== job.id) return completed();
        zombie.child.kill("SIGCONT");
        // The zombie's writes come while this lease is alive.
        expect(await nextMessage(zombie, "aborted")).toMatchObject({ code: "lease_lost" });
        expect(await nextMessage(zombie, "updated")).toMatchObject({ code: "lease_lost" });
        await new Promise((resolve) => setTimeout(resolve, LEASE_MS));
        return lease.signal.aborted ? completed({ by: await aborted(lease) }) : completed({ by: "second" });
      },
    });
    expect(await recordIn(store, job, "completed")).toMatchObject({ epoch: 2, result: { by: "second" } });
  });

  it("fails a job whose stage keeps killing its worker", async () => {
    await using world = await makeWorld();
    const store = world.open();
    const job = newJob();
    await store.create(job);
    for (let start = 1; start <= MAX_STAGE_STARTS; start += 1) {
      await world.spawn("crash-in-stage").exit();
      expect(await store.get("ada", job.id)).toMatchObject({
        state: "in_progress",
        epoch: start,
        stageStarts: { "t2i:abc": start },
      });
    }
    let runs = 0;
    store.startWorker({ concurrency: 1, run: async () => ((runs += 1), completed()) });
    const record = await recordIn(store, job, "failed");
    expect(record).toMatchObject({ attempts: 3, error: { code: "stage_crashed" } });
    expect(record.error?.message).toBe("Stage t2i was started 3 times and never finished.");
    expect(runs).toBe(0);
  });

  it("cancels a job whose worker died before it could", async () => {
    await using world = await makeWorld();
    const store = world.open();
    const child = world.spawn("work");
    const job = newJob();
    await store.create(job);
    await nextMessage(child, "leased");
    await suspend(child, store);
    expect(await store.requestCancel("ada", job.id)).toMatchObject({ cancelRequested: true });
    await child.kill();
    store.startWorker({ concurrency: 1, run: async () => completed() });
    expect(await recordIn(store, job, "cancelled")).toMatchObject({ epoch: 1 });
  });
});

/** Stops a process between two writes: SQLite's file lock would stop with it. */
async function suspend(process: NodeProcess, store: JobStore): Promise<void> {
  for (;;) {
    process.child.kill("SIGSTOP");
    try {
      await store.create(newJob({ tenant: "bystander", cost: 1e9 }));
      return;
    } catch {
      process.child.kill("SIGCONT");
    }
  }
}

function nextMessage(child: NodeProcess, type: string): Promise<unknown> {
  return child.message((message) => (message as { type: string }).type === type);
}
