import { AppError } from "@kinora/errors";
import { waitUntil } from "@kinora/testing";
import { describe, expect, it } from "vitest";
import { type JobLease, type LeaseOutcome, MAX_ATTEMPTS } from "../job-store.ts";
import { ADAPTERS, aborted, completed, newJob, recordIn } from "./world.conformance.ts";

describe.each(ADAPTERS)("delivery in $name", ({ makeWorld }) => {
  it("runs each job once, no more than the concurrency at a time, over two workers", async () => {
    await using world = await makeWorld();
    const store = world.open();
    const jobs = Array.from({ length: 20 }, () => newJob());
    const runs: string[] = [];
    const running = [0, 0];
    let most = 0;
    for (const [i, other] of [world.open(), world.open()].entries()) {
      other.startWorker({
        concurrency: 2,
        run: async (lease) => {
          running[i] = (running[i] ?? 0) + 1;
          most = Math.max(most, running[i]);
          runs.push(lease.id);
          await new Promise((resolve) => setTimeout(resolve, 20));
          running[i] -= 1;
          return completed();
        },
      });
    }
    await Promise.all(jobs.map((job) => store.create(job)));
    for (const job of jobs) expect(await recordIn(store, job, "completed")).toMatchObject({ epoch: 1 });
    expect(runs.toSorted()).toEqual(jobs.map((job) => job.id).toSorted());
    expect(most).toBeLessThanOrEqual(2);
    expect(await store.stats()).toEqual({ queued: 0, running: 0, oldestQueuedMs: 0 });
  });

  it("starts a job of this process and of another within 500 ms", async () => {
    await using world = await makeWorld();
    const store = world.open();
    const worker = world.open();
    const started: number[] = [];
    for (const each of [store, worker]) {
      const running = each.startWorker({
        concurrency: 1,
        run: async () => (started.push(performance.now()), completed()),
      });
      await new Promise((resolve) => setTimeout(resolve, 300));
      const job = newJob();
      const asked = performance.now();
      await store.create(job);
      await recordIn(store, job, "completed");
      expect((started.at(-1) ?? Number.NaN) - asked).toBeLessThan(500);
      await running.stop();
    }
    expect(started).toHaveLength(2);
  });

  it("merges what the worker reports: progress only rises, results by key, stages counted", async () => {
    await using world = await makeWorld();
    const store = world.open();
    const job = newJob();
    await store.create(job);
    const seen = await leaseOnce(store, async (lease) => {
      expect(lease.record).toMatchObject({ state: "in_progress", epoch: 1, progress: 0 });
      expect(await store.get("ada", job.id)).toEqual(lease.record);
      const records = [
        await store.update(lease, {
          progress: 40,
          stage: "t2i",
          startStage: "t2i:1",
          result: { a: 1, b: 2 },
        }),
        await store.update(lease, { progress: 30, startStage: "t2i:1", result: { b: [3] } }),
        await store.update(lease, { stage: "i2v", commitStage: "t2i:1", startStage: "i2v:9" }),
      ];
      return [completed({ c: "end" }), records];
    });
    expect(seen[0]).toMatchObject({ progress: 40, stage: "t2i", stageStarts: { "t2i:1": 1 } });
    expect(seen[1]).toMatchObject({ progress: 40, result: { a: 1, b: [3] }, stageStarts: { "t2i:1": 2 } });
    expect(seen[2]).toMatchObject({ progress: 40, stage: "i2v", stageStarts: { "i2v:9": 1 } });
    expect(seen.map((record) => record.version)).toEqual([3, 4, 5]);
    const record = await recordIn(store, job, "completed");
    expect(record).toMatchObject({ version: 6, progress: 100, result: { a: 1, b: [3], c: "end" } });
    expect(record.startedAtMs).toBeGreaterThanOrEqual(record.createdAtMs);
    expect(record.finishedAtMs).toBeGreaterThanOrEqual(record.startedAtMs ?? Number.NaN);
    expect(record).not.toHaveProperty("error");
    expect(record).not.toHaveProperty("stage");
  });

  it("loses no update of many writers at once", async () => {
    await using world = await makeWorld();
    const [store, other] = [world.open(), world.open()];
    const job = newJob();
    await store.create(job);
    await leaseOnce(store, async (lease) => {
      const writers = Array.from({ length: 20 }, (_, i) =>
        (i % 2 === 0 ? store : other).update(lease, { startStage: "t2i:1", result: { [`key${i}`]: i } }),
      );
      await Promise.all([...writers, other.requestCancel("ada", job.id)]);
      return [{ kind: "finish", state: "completed", patch: {} }, undefined];
    });
    const record = await recordIn(store, job, "completed");
    expect(record).toMatchObject({ version: 24, cancelRequested: true, stageStarts: { "t2i:1": 20 } });
    expect(Object.keys(record.result)).toHaveLength(20);
  });

  it("refuses writes under another epoch and to a finished job, whose state stays", async () => {
    await using world = await makeWorld();
    const store = world.open();
    const job = newJob();
    await store.create(job);
    await expect(store.update({ ...job, epoch: 0 }, { progress: 1 })).rejects.toMatchObject({
      code: "lease_lost",
    });
    const lease = await leaseOnce(store, async (held) => {
      for (const epoch of [0, 2]) {
        await expect(store.update({ ...held, epoch }, { progress: 1 })).rejects.toMatchObject({
          code: "lease_lost",
          fields: { id: job.id, epoch },
        });
      }
      return [completed(), held];
    });
    const record = await recordIn(store, job, "completed");
    await expect(store.update(lease, { progress: 1 })).rejects.toMatchObject({ code: "lease_lost" });
    expect(await store.get("ada", job.id)).toEqual(record);
  });

  it("fails a job with the worker's error", async () => {
    await using world = await makeWorld();
    const store = world.open();
    const job = newJob();
    await store.create(job);
    const error = { code: "invalid_image", message: "The picture is empty." };
    store.startWorker({
      concurrency: 1,
      run: async () => ({ kind: "finish", state: "failed", patch: { error } }),
    });
    expect(await recordIn(store, job, "failed")).toMatchObject({ error, attempts: 0 });
  });

  it("delivers a retry after its delay, with or without an attempt", async () => {
    await using world = await makeWorld();
    const store = world.open();
    const job = newJob();
    await store.create(job);
    const starts: { at: number; record: JobLease["record"] }[] = [];
    const outcomes: LeaseOutcome[] = [
      { kind: "retry", delayMs: 400, countsAsAttempt: false, patch: { result: { kept: true } } },
      { kind: "retry", delayMs: 0, countsAsAttempt: true },
      completed(),
    ];
    store.startWorker({
      concurrency: 1,
      run: async (lease) => {
        starts.push({ at: performance.now(), record: lease.record });
        await store.update(lease, { progress: 60, stage: "t2i", startStage: `t2i:${lease.epoch}` });
        return outcomes[starts.length - 1] ?? completed();
      },
    });
    const waiting = await recordIn(store, job, "queued");
    expect(waiting).not.toHaveProperty("stage");
    const record = await recordIn(store, job, "completed");
    expect(record).toMatchObject({ epoch: 3, attempts: 1, result: { kept: true } });
    // The uncounted retry took back its stage start, the counted one did not.
    expect(record.stageStarts).toEqual({ "t2i:2": 1, "t2i:3": 1 });
    const [first, second, third] = starts;
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(380);
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeLessThan(1500);
    expect((third?.at ?? 0) - (second?.at ?? 0)).toBeLessThan(1000);
    expect(second?.record).toMatchObject({ progress: 0, attempts: 0, result: { kept: true } });
    expect(record.startedAtMs).toBe(first?.record.startedAtMs);
  });

  it("ends a job whose runs keep throwing after the last attempt, with the last error", async () => {
    await using world = await makeWorld();
    const store = world.open();
    const job = newJob();
    await store.create(job);
    let runs = 0;
    store.startWorker({
      concurrency: 1,
      run: async () => {
        runs += 1;
        throw new AppError("engine_crashed", { operation: `run ${runs}`, reason: "SIGKILL" });
      },
    });
    const record = await recordIn(store, job, "failed");
    expect(runs).toBe(MAX_ATTEMPTS);
    expect(record).toMatchObject({ attempts: MAX_ATTEMPTS, error: { code: "engine_crashed" } });
    expect(record.error?.message).toContain(`run ${MAX_ATTEMPTS}`);
  });

  it("never runs out of attempts by uncounted retries", async () => {
    await using world = await makeWorld();
    const store = world.open();
    const job = newJob();
    await store.create(job);
    store.startWorker({
      concurrency: 1,
      run: async (lease) =>
        lease.epoch > 2 * MAX_ATTEMPTS
          ? completed()
          : { kind: "retry", delayMs: 0, countsAsAttempt: false, patch: { startStage: "t2i:1" } },
    });
    expect(await recordIn(store, job, "completed")).toMatchObject({ attempts: 0, stageStarts: {} });
  });

  it("gives its jobs back at once when it is told to stop, without an attempt", async () => {
    await using world = await makeWorld();
    const [first, second] = [world.open({ leaseMs: 60_000 }), world.open({ leaseMs: 60_000 })];
    const job = newJob();
    await first.create(job);
    const codes: string[] = [];
    const worker = first.startWorker({
      concurrency: 1,
      run: async (lease) => {
        codes.push(await aborted(lease));
        throw lease.signal.reason;
      },
    });
    await recordIn(first, job, "in_progress");
    await waitUntil(() => worker.running === 1);
    const stoppedAt = performance.now();
    await worker.stop();
    expect(codes).toEqual(["draining"]);
    expect(worker.running).toBe(0);
    second.startWorker({ concurrency: 1, run: async () => completed() });
    expect(await recordIn(second, job, "completed")).toMatchObject({ epoch: 2, attempts: 0 });
    expect(performance.now() - stoppedAt).toBeLessThan(2000);
  });

  it("takes no more jobs after stop", async () => {
    await using world = await makeWorld();
    const store = world.open();
    let runs = 0;
    const worker = store.startWorker({ concurrency: 1, run: async () => ((runs += 1), completed()) });
    await new Promise((resolve) => setTimeout(resolve, 200));
    await worker.stop();
    await store.create(newJob());
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(runs).toBe(0);
    expect((await store.stats()).queued).toBe(1);
  });
});

/** Runs the next job once; resolves with what `run` returns beside the outcome. */
async function leaseOnce<T>(
  store: {
    startWorker: (options: {
      concurrency: number;
      run: (lease: JobLease) => Promise<LeaseOutcome>;
    }) => unknown;
  },
  run: (lease: JobLease) => Promise<[LeaseOutcome, T]>,
): Promise<T> {
  const seen = Promise.withResolvers<T>();
  store.startWorker({
    concurrency: 1,
    run: async (lease) => {
      try {
        const [outcome, value] = await run(lease);
        seen.resolve(value);
        return outcome;
      } catch (error) {
        seen.reject(error);
        throw error;
      }
    },
  });
  return seen.promise;
}
