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

  it("takes back one start of a stage that was refused, and no other", () => {
    const begun = beginLease(queuedJob(), T0);
    const patches: JobPatch[] = [{ startStage: "t2i:1" }, { startStage: "t2i:1" }, { uncountStage: "t2i:1" }];
    const job = patches.reduce((before, patch) => applyUpdate(before, claimOf(before), patch), begun);
    expect([job.record.stageStarts, job.openStages]).toEqual([{ "t2i:1": 1 }, ["t2i:1"]]);
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
          const { after, refused } = apply(next, job, now);
          expect(job).toEqual(before);
          expect(refused).toBe(mustRefuse(next, job));
          expect(brokenPromises(before, after, now)).toEqual([]);
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
    uncountStage: stageKey,
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

/** Applies a step; the job as it was, and `refused`, when the lease was not held. */
function apply(next: Step, job: StoredJob, now: number): { after: StoredJob; refused: boolean } {
  if (next.kind === "begin") return { after: beginLease(job, now), refused: false };
  if (next.kind === "cancel") return { after: applyCancel(job, now), refused: false };
  const claim = { ...claimOf(job), epoch: job.record.epoch - next.staleness };
  try {
    const after =
      next.kind === "update"
        ? applyUpdate(job, claim, next.patch)
        : applyOutcome(job, claim, next.outcome, now);
    return { after, refused: false };
  } catch (error) {
    if ((error as { code?: string }).code !== "lease_lost") throw error;
    return { after: job, refused: true };
  }
}

function mustRefuse(next: Step, job: StoredJob): boolean {
  const writes = next.kind === "update" || next.kind === "end";
  return writes && (job.record.state !== "in_progress" || next.staleness !== 0);
}

/** The promises of the machine that one step broke, by name. */
function brokenPromises(old: StoredJob, job: StoredJob, now: number): string[] {
  const [before, after] = [old.record, job.record];
  const begun = after.epoch > before.epoch;
  const changed = JSON.stringify(after) !== JSON.stringify(before);
  const retaken = begun && before.state === "in_progress";
  const promises: Record<string, boolean> = {
    "terminal never changes": !isTerminal(before.state) || !changed,
    "a change raises the version by one": after.version - before.version === (changed ? 1 : 0),
    "an epoch follows the one before": begun
      ? after.epoch === before.epoch + 1
      : after.epoch === before.epoch,
    "a new epoch runs": !begun || after.state === "in_progress",
    "nothing begins before its time": !begun || retaken || old.notBeforeMs <= now,
    "progress never goes back within an epoch": begun || after.progress >= before.progress,
    "one attempt at a time": after.attempts - before.attempts <= 1,
    "attempts are limited": after.attempts <= (isTerminal(after.state) ? MAX_ATTEMPTS : MAX_ATTEMPTS - 1),
    "stage starts are limited":
      !retaken || Math.max(0, ...Object.values(after.stageStarts)) < MAX_STAGE_STARTS,
    "a cancelled job does not wait": after.state !== "queued" || !after.cancelRequested,
    "a cancel request stays": after.cancelRequested || !before.cancelRequested,
    "a waiting job has no open stages": after.state !== "queued" || job.openStages.length === 0,
    "exactly failed jobs have an error": (after.error !== undefined) === (after.state === "failed"),
    "exactly finished jobs have an end": (after.finishedAtMs !== undefined) === isTerminal(after.state),
    "no stage has zero starts": Object.values(after.stageStarts).every((starts) => starts > 0),
  };
  return Object.keys(promises).filter((name) => !promises[name]);
}
