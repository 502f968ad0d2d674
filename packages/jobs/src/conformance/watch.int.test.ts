import { describe, expect, it } from "vitest";
import type { JobEvent, JobStore } from "../job-store.ts";
import { ADAPTERS, aborted, completed, newJob, recordIn } from "./world.conformance.ts";

const HELD_MS = 250;

describe.each(ADAPTERS)("watch and cancel in $name", ({ makeWorld }) => {
  describe("watch", () => {
    it("shows every state to two watchers, here and in another process's store, and ends", async () => {
      await using world = await makeWorld();
      const [store, other] = [world.open(), world.open()];
      const job = newJob();
      await store.create(job);
      const watched = [collect(store, job.id), collect(other, job.id)];
      await pause(HELD_MS);
      other.startWorker({
        concurrency: 1,
        run: async (lease) => {
          await pause(HELD_MS);
          await other.update(lease, { progress: 50, stage: "i2v" });
          await pause(HELD_MS);
          return completed();
        },
      });
      for (const events of await Promise.all(watched)) {
        expect(events.map((event) => event.type)).toEqual(["created", "updated", "updated", "updated"]);
        expect(events.map(({ record }) => [record.version, record.state, record.progress])).toEqual([
          [1, "queued", 0],
          [2, "in_progress", 0],
          [3, "in_progress", 50],
          [4, "completed", 100],
        ]);
      }
    });

    it("shows a finished job once, a missing or foreign one not at all", async () => {
      await using world = await makeWorld();
      const store = world.open();
      const job = newJob();
      await store.create(job);
      await store.requestCancel("ada", job.id);
      expect(await collect(store, job.id)).toMatchObject([
        { type: "updated", record: { state: "cancelled" } },
      ]);
      expect(await collect(store, "video_nobody")).toEqual([]);
      expect(await collect(store, job.id, { tenant: "bob" })).toEqual([]);
    });

    it("ends with a deletion, and with its signal", async () => {
      await using world = await makeWorld();
      const [store, other] = [world.open(), world.open()];
      const [deleted, left] = [newJob(), newJob()];
      await store.create(deleted);
      await store.create(left);
      const leave = new AbortController();
      const watched = [collect(store, deleted.id), collect(store, left.id, { signal: leave.signal })];
      await pause(HELD_MS);
      await other.delete("ada", deleted.id);
      leave.abort();
      const [first, second] = await Promise.all(watched);
      expect(first?.map((event) => event.type)).toEqual(["created", "deleted"]);
      expect(first?.[1]?.record.id).toBe(deleted.id);
      expect(second?.map((event) => event.type)).toEqual(["created"]);
    });
  });

  describe("cancel", () => {
    it("ends a queued job at once, and no worker gets it", async () => {
      await using world = await makeWorld();
      const store = world.open();
      const [job, next] = [newJob(), newJob()];
      await store.create(job);
      const record = await store.requestCancel("ada", job.id);
      expect(record).toMatchObject({ state: "cancelled", epoch: 0 });
      expect(record?.finishedAtMs).toBeGreaterThan(0);
      const runs: string[] = [];
      store.startWorker({ concurrency: 1, run: async (lease) => (runs.push(lease.id), completed()) });
      await store.create(next);
      await recordIn(store, next, "completed");
      expect(runs).toEqual([next.id]);
    });

    it("leaves a finished and a missing job as they are", async () => {
      await using world = await makeWorld();
      const store = world.open();
      const job = newJob();
      await store.create(job);
      store.startWorker({ concurrency: 1, run: async () => completed() });
      const record = await recordIn(store, job, "completed");
      expect(await store.requestCancel("ada", job.id)).toEqual(record);
      expect(await store.requestCancel("ada", "video_nobody")).toBeUndefined();
    });

    it.each(["finish", "throw", "retry"] as const)(
      "ends a running job whose run answers with %s",
      async (answer) => {
        await using world = await makeWorld();
        const store = world.open();
        const job = newJob();
        await store.create(job);
        const codes: string[] = [];
        store.startWorker({
          concurrency: 1,
          run: async (lease) => {
            codes.push(await aborted(lease));
            if (answer === "throw") throw lease.signal.reason;
            if (answer === "retry") return { kind: "retry", delayMs: 0, countsAsAttempt: true };
            return { kind: "finish", state: "cancelled", patch: { result: { stopped: true } } };
          },
        });
        await recordIn(store, job, "in_progress");
        const asked = await store.requestCancel("ada", job.id);
        expect(asked).toMatchObject({ state: "in_progress", cancelRequested: true });
        const record = await recordIn(store, job, "cancelled");
        expect(record).not.toHaveProperty("error");
        expect(record.epoch).toBe(1);
        expect(codes).toEqual(["cancelled"]);
      },
    );

    it("reaches a worker in another process within a second", async () => {
      await using world = await makeWorld();
      const store = world.open();
      const child = world.spawn("work");
      const job = newJob();
      await store.create(job);
      await child.message(ofType("leased"));
      const askedAt = performance.now();
      await store.requestCancel("ada", job.id);
      expect(await child.message(ofType("aborted"))).toMatchObject({ code: "cancelled" });
      expect(performance.now() - askedAt).toBeLessThan(1000);
    });
  });
});

async function collect(
  store: JobStore,
  id: string,
  { tenant = "ada", signal = new AbortController().signal } = {},
): Promise<JobEvent[]> {
  const events: JobEvent[] = [];
  for await (const event of store.watch(tenant, id, { signal })) events.push(event);
  return events;
}

function ofType(type: string): (message: unknown) => boolean {
  return (message) => (message as { type: string }).type === type;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
