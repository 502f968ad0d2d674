import { AppError } from "@kinora/errors";
import { describe, expect, it } from "vitest";
import type { JobRecord, JobStore } from "../job-store.ts";
import { ADAPTERS, aborted, completed, newJob, recordIn } from "./world.conformance.ts";

describe.each(ADAPTERS)("records in $name", ({ makeWorld }) => {
  describe("create and get", () => {
    it("returns the queued job and keeps it", async () => {
      await using world = await makeWorld();
      const store = world.open({ clock: () => 1_700_000_000_123 });
      const job = newJob({ request: { prompt: "ein Hund 🐕", seed: 7, nested: { list: [1, null, true] } } });
      const { record, created } = await store.create(job);
      expect(created).toBe(true);
      expect(record).toEqual({
        tenant: "ada",
        id: job.id,
        epoch: 0,
        state: "queued",
        version: 1,
        attempts: 0,
        createdAtMs: 1_700_000_000_123,
        progress: 0,
        cancelRequested: false,
        cost: 1,
        request: job.request,
        result: {},
        stageStarts: {},
      });
      expect(await store.get("ada", job.id)).toEqual(record);
    });

    it("hides a job from other tenants", async () => {
      await using world = await makeWorld();
      const store = world.open();
      const job = newJob();
      await store.create(job);
      expect(await store.get("bob", job.id)).toBeUndefined();
      expect(await store.requestCancel("bob", job.id)).toBeUndefined();
      expect(await store.delete("bob", job.id)).toBe(false);
      expect((await store.list("bob", { limit: 10, order: "asc" })).records).toEqual([]);
      await expect(store.list("bob", { after: job.id, limit: 10, order: "asc" })).rejects.toThrow(AppError);
      expect((await store.get("ada", job.id))?.state).toBe("queued");
    });

    it("is seen by another store on the same database", async () => {
      await using world = await makeWorld();
      const job = newJob();
      await world.open().create(job);
      expect((await world.open().get("ada", job.id))?.id).toBe(job.id);
    });
  });

  describe("list", () => {
    it("pages in both orders by creation time, then id", async () => {
      await using world = await makeWorld();
      let now = 5_000;
      const store = world.open({ clock: () => now });
      // c and b share their millisecond: the id decides.
      for (const [id, at] of [
        ["d", 1000],
        ["c", 2000],
        ["b", 2000],
        ["a", 3000],
      ] as const) {
        now = at;
        await store.create(newJob({ id }));
      }
      await store.create(newJob({ id: "other", tenant: "bob" }));
      expect(await pages(store, "asc", 3)).toEqual([["d", "b", "c"], ["a"]]);
      expect(await pages(store, "desc", 3)).toEqual([["a", "c", "b"], ["d"]]);
      expect(await pages(store, "asc", 2)).toEqual([
        ["d", "b"],
        ["c", "a"],
      ]);
    });

    it.each(["asc", "desc"] as const)("goes on after a job that was deleted meanwhile, %s", async (order) => {
      await using world = await makeWorld();
      const store = world.open();
      for (const id of ["a", "b", "c", "d"]) await store.create(newJob({ id }));
      const found = [];
      let after: string | undefined;
      for (;;) {
        const { records } = await store.list("ada", { limit: 1, order, ...(after && { after }) });
        after = records[0]?.id;
        if (after === undefined) break;
        found.push(after);
        expect(await store.delete("ada", after)).toBe(true);
      }
      expect(found.toSorted()).toEqual(["a", "b", "c", "d"]);
      const others = store.list("bob", { after: "a", limit: 1, order });
      await expect(others).rejects.toMatchObject({ code: "invalid_request" });
    });

    it("refuses an unknown cursor", async () => {
      await using world = await makeWorld();
      const store = world.open();
      await store.create(newJob());
      const listed = store.list("ada", { after: "video_nobody", limit: 2, order: "desc" });
      await expect(listed).rejects.toMatchObject({ code: "invalid_request", param: "after" });
    });
  });

  describe("idempotency", () => {
    const idempotency = { key: "key:1", fingerprint: "abc", ttlMs: 60_000 };

    it("returns the first job for an equal repeat, also while the tenant is full", async () => {
      await using world = await makeWorld();
      const store = world.open();
      const first = await store.create(newJob({ idempotency, maxUnfinished: 1 }));
      const second = await store.create(newJob({ idempotency, maxUnfinished: 1 }));
      expect(second).toEqual({ record: first.record, created: false });
      expect((await store.stats()).queued).toBe(1);
    });

    it("makes one job of many repeats at once, over two stores", async () => {
      await using world = await makeWorld();
      const [store, other] = [world.open(), world.open()];
      const repeats = Array.from({ length: 10 }, () => [
        store.create(newJob({ idempotency })),
        other.create(newJob({ idempotency })),
      ]).flat();
      const results = await Promise.all(repeats);
      expect(results.filter((result) => result.created)).toHaveLength(1);
      expect(new Set(results.map((result) => result.record.id)).size).toBe(1);
    });

    it("refuses another request under the same key, but not another tenant's", async () => {
      await using world = await makeWorld();
      const store = world.open();
      await store.create(newJob({ idempotency }));
      const other = { ...idempotency, fingerprint: "xyz" };
      await expect(store.create(newJob({ idempotency: other }))).rejects.toMatchObject({
        code: "idempotency_mismatch",
      });
      expect((await store.create(newJob({ tenant: "bob", idempotency: other }))).created).toBe(true);
    });

    it("forgets the key after its lifetime and after the job's deletion", async () => {
      await using world = await makeWorld();
      const store = world.open();
      const brief = { ...idempotency, ttlMs: 50 };
      await store.create(newJob({ idempotency: brief }));
      await new Promise((resolve) => setTimeout(resolve, 100));
      const second = await store.create(newJob({ idempotency }));
      expect(second.created).toBe(true);
      await store.delete("ada", second.record.id);
      expect((await store.create(newJob({ idempotency }))).created).toBe(true);
    });
  });

  describe("admission", () => {
    it("refuses more unfinished jobs than allowed, per tenant, until one is over", async () => {
      await using world = await makeWorld();
      const store = world.open();
      const first = newJob({ maxUnfinished: 2 });
      await store.create(first);
      await store.create(newJob({ maxUnfinished: 2 }));
      await expect(store.create(newJob({ maxUnfinished: 2 }))).rejects.toMatchObject({
        code: "rate_limit_exceeded",
        fields: { queued: 2, limit: 2 },
      });
      expect((await store.create(newJob({ tenant: "bob", maxUnfinished: 2 }))).created).toBe(true);
      await store.requestCancel("ada", first.id);
      expect((await store.create(newJob({ maxUnfinished: 2 }))).created).toBe(true);
    });

    it("never admits one too many, whoever comes at once", async () => {
      await using world = await makeWorld();
      const [store, other] = [world.open(), world.open()];
      const all = Array.from({ length: 8 }, () => [
        store.create(newJob({ maxUnfinished: 5 })),
        other.create(newJob({ maxUnfinished: 5 })),
      ]).flat();
      const results = await Promise.allSettled(all);
      expect(results.filter((result) => result.status === "fulfilled")).toHaveLength(5);
    });
  });

  describe("delete", () => {
    it("removes a queued and a finished job, once", async () => {
      await using world = await makeWorld();
      const store = world.open();
      for (const finish of [false, true]) {
        const job = newJob({ maxUnfinished: 1 });
        await store.create(job);
        if (finish) await store.requestCancel("ada", job.id);
        expect(await store.delete("ada", job.id)).toBe(true);
        expect(await store.delete("ada", job.id)).toBe(false);
        expect(await store.get("ada", job.id)).toBeUndefined();
      }
      expect(await store.stats()).toEqual({ queued: 0, running: 0, oldestQueuedMs: 0 });
    });

    it("stops a running job, whose worker may write no more", async () => {
      await using world = await makeWorld();
      const store = world.open();
      const job = newJob();
      await store.create(job);
      const seen = Promise.withResolvers<string[]>();
      store.startWorker({
        concurrency: 1,
        run: async (lease) => {
          await store.delete("ada", job.id);
          const code = await aborted(lease);
          const update = await store.update(lease, { progress: 50 }).catch((error) => error.code);
          seen.resolve([code, update]);
          return completed();
        },
      });
      expect(await seen.promise).toEqual(["cancelled", "lease_lost"]);
      expect(await store.get("ada", job.id)).toBeUndefined();
      // The deleted job holds no place: the next one runs.
      expect((await store.stats()).running).toBe(0);
    });
  });

  describe("scan, stats, ping", () => {
    it("scans the jobs of all tenants", async () => {
      await using world = await makeWorld();
      const store = world.open();
      const ids = Array.from({ length: 450 }, (_, i) => `job-${i}`);
      await Promise.all(ids.map((id, i) => store.create(newJob({ id, tenant: `tenant-${i % 7}` }))));
      const seen = new Set<string>();
      for await (const record of store.scan()) seen.add(record.id);
      expect(seen).toEqual(new Set(ids));
    });

    it("counts by state and knows the oldest queued job's age", async () => {
      await using world = await makeWorld();
      let now = 10_000;
      const store = world.open({ clock: () => now });
      await store.create(newJob());
      now = 12_000;
      await store.create(newJob());
      expect(await store.stats()).toEqual({ queued: 2, running: 0, oldestQueuedMs: 2000 });
    });

    it("answers a ping until it is closed", async () => {
      await using world = await makeWorld();
      const store = world.open();
      await store.ping();
      await store.close();
      await expect(store.ping()).rejects.toMatchObject({ code: "unavailable" });
      await expect(store.get("ada", "x")).rejects.toMatchObject({ code: "unavailable" });
    });

    it("keeps a finished job for good", async () => {
      await using world = await makeWorld();
      const store = world.open();
      const job = newJob();
      await store.create(job);
      store.startWorker({ concurrency: 1, run: async () => completed({ video: "v.mp4" }) });
      const record = await recordIn(store, job, "completed");
      expect(record).toMatchObject({ epoch: 1, progress: 100, result: { video: "v.mp4" }, attempts: 0 });
      await store.close();
      expect(await world.open().get("ada", job.id)).toEqual(record);
    });
  });
});

async function pages(store: JobStore, order: "asc" | "desc", limit: number): Promise<string[][]> {
  const result: string[][] = [];
  let after: JobRecord | undefined;
  for (;;) {
    const page = await store.list("ada", { limit, order, ...(after && { after: after.id }) });
    result.push(page.records.map((record) => record.id));
    after = page.records.at(-1);
    if (!page.hasMore) return result;
  }
}
