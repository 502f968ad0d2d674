import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type JobPatch, type LeaseOutcome, MAX_ATTEMPTS, MAX_STAGE_STARTS } from "../job-store.ts";
import { applyCancel, applyOutcome, applyUpdate, beginLease, leaseVerdict } from "./job-machine.ts";
import { isTerminal, newStoredJob, type StoredJob } from "./stored-job.ts";

const T0 = 1_000_000;

function queuedJob(): StoredJob {
  const draft = newStoredJob({ tenant: "ada", id: "job", request: { prompt: "x" }, cost: 1 }, T0);
  return { ...draft, tags: { start: 0, finish: 1 } };
}

function claimOf({ record }: StoredJob) {
  return { tenant: record.tenant, id: record.id, epoch: record.epoch };
}

describe("job machine", () => {
  it("resumes a job that lost its worker, at the next epoch and one attempt poorer", () => {
    const first = beginLease(queuedJob(), T0 + 1);
    const crashed = applyUpdate(first, claimOf(first), { progress: 70, stage: "i2v", startStage: "i2v:1" });
    const second = beginLease(crashed, T0 + 2);
    expect(second.record).toMatchObject({ epoch: 2, attempts: 1, progress: 0, startedAtMs: T0 + 1 });
    expect(second.record.stageStarts).toEqual({ "i2v:1": 1 });
    expect(leaseVerdict(second, claimOf(first))).toBe("lost");
    expect(() => applyUpdate(second, claimOf(first), { progress: 80 })).toThrow(
      expect.objectContaining({ code: "lease_lost", fields: { id: "job", epoch: 1 } }),
    );
  });

  it("does not begin a job before its time", () => {
    const begun = beginLease(queuedJob(), T0);
    const outcome: LeaseOutcome = { kind: "retry", delayMs: 500, countsAsAttempt: true };
    const waiting = applyOutcome(begun, claimOf(begun), outcome, T0 + 10);
    expect(beginLease(waiting, T0 + 509)).toBe(waiting);
    expect(beginLease(waiting, T0 + 510).record.epoch).toBe(2);
  });

  it("publishes the last error only once the job has failed", () => {
    const error = { code: "engine_crashed", message: "It died." };
    let job = queuedJob();
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
      const begun = beginLease(job, T0);
      expect(begun.record.error).toBeUndefined();
      job = applyOutcome(
        begun,
        claimOf(begun),
        { kind: "retry", delayMs: 0, countsAsAttempt: true, patch: { error } },
        T0,
      );
    }
    expect(job.record).toMatchObject({ state: "failed", error, attempts: MAX_ATTEMPTS });
  });

  it("does not blame a stage that was started often and committed", () => {
    let job = queuedJob();
    for (let start = 0; start < 3; start += 1) {
      const begun = beginLease(job, T0);
      const started = applyUpdate(begun, claimOf(begun), { startStage: "t2i:1" });
      job = applyUpdate(started, claimOf(started), { commitStage: "t2i:1" });
    }
    expect(job.record).toMatchObject({ state: "in_progress", attempts: 2, stageStarts: {} });
  });

  it("rejects a progress that is none", () => {
    const begun = beginLease(queuedJob(), T0);
    for (const progress of [-1, 101, Number.NaN]) {
      expect(() => applyUpdate(begun, claimOf(begun), { progress })).toThrow("This is a bug.");
    }
  });

  it("keeps its promises over any history", () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 40 }), (steps) => {
        let job = queuedJob();
        let now = T0;
        for (const next of steps) {
          now += next.waitMs;
          const before = structuredClone(job);
          const after = apply(next, job, now);
          expect(job).toEqual(before);
          assertStep(before, after, now);
          job = after;
        }
      }),
      { numRuns: 500 },
    );
  });
});

const stageKey = fc.constantFrom("t2i:1", "i2v:1");
const patch: fc.Arbitrary<JobPatch> = fc.record(
  {
    progress: fc.integer({ min: 0, max: 100 }),
    stage: fc.constantFrom("t2i", "i2v"),
    startStage: stageKey,
    commitStage: stageKey,
    result: fc.constantFrom({ a: 1 }, { b: 2 }),
    error: fc.constant({ code: "internal", message: "Something went wrong." }),
  },
  { requiredKeys: [] },
);
const outcome: fc.Arbitrary<LeaseOutcome> = fc.oneof(
  fc.record({
    kind: fc.constant("finish" as const),
    state: fc.constantFrom("completed" as const, "failed" as const, "cancelled" as const),
    patch,
  }),
  fc.record({
    kind: fc.constant("retry" as const),
    delayMs: fc.integer({ min: 0, max: 5 }),
    countsAsAttempt: fc.boolean(),
    patch,
  }),
);
const staleness = fc.constantFrom(0, 0, 0, 1, -1);
const waitMs = fc.integer({ min: 0, max: 5 });
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("begin" as const), waitMs }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("update" as const), waitMs, patch, staleness }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("end" as const), waitMs, outcome, staleness }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("cancel" as const), waitMs }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** Applies a step; a refused write must be refused for a reason. */
function apply(next: Step, job: StoredJob, now: number): StoredJob {
  if (next.kind === "begin") return beginLease(job, now);
  if (next.kind === "cancel") return applyCancel(job, now);
  const claim = { ...claimOf(job), epoch: job.record.epoch - next.staleness };
  const mayWrite = job.record.state === "in_progress" && next.staleness === 0;
  try {
    const after =
      next.kind === "update"
        ? applyUpdate(job, claim, next.patch)
        : applyOutcome(job, claim, next.outcome, now);
    expect(mayWrite).toBe(true);
    return after;
  } catch (error) {
    if ((error as { code?: string }).code !== "lease_lost") throw error;
    expect(mayWrite).toBe(false);
    return job;
  }
}

function assertStep({ record: before, ...beforeJob }: StoredJob, job: StoredJob, now: number): void {
  const after = job.record;
  const begun = after.epoch > before.epoch;
  if (isTerminal(before.state)) expect(after).toEqual(before);
  if (after.version === before.version) expect(after).toEqual(before);
  expect(after.version - before.version).toBeLessThanOrEqual(1);
  expect(after.epoch - before.epoch).toBeLessThanOrEqual(1);
  expect(after.epoch).toBeGreaterThanOrEqual(before.epoch);
  if (begun) {
    expect(after.state).toBe("in_progress");
    expect(before.state === "in_progress" || beforeJob.notBeforeMs <= now).toBe(true);
  } else {
    expect(after.progress).toBeGreaterThanOrEqual(before.progress);
  }
  expect(after.attempts - before.attempts).toBeLessThanOrEqual(1);
  expect(after.attempts).toBeLessThanOrEqual(MAX_ATTEMPTS);
  if (after.state === "queued") {
    expect(after.attempts).toBeLessThan(MAX_ATTEMPTS);
    expect(after.cancelRequested).toBe(false);
    expect(job.openStages).toEqual([]);
  }
  if (begun && before.state === "in_progress") {
    expect(Math.max(0, ...Object.values(after.stageStarts))).toBeLessThan(MAX_STAGE_STARTS);
  }
  expect(after.error !== undefined).toBe(after.state === "failed");
  expect(after.finishedAtMs !== undefined).toBe(isTerminal(after.state));
  expect(after.cancelRequested || !before.cancelRequested).toBe(true);
  expect(Object.values(after.stageStarts).every((starts) => starts > 0)).toBe(true);
}
