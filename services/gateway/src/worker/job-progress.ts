import { codeOf } from "@kinora/errors";
import type { JobLease, JobPatch, JobStore } from "@kinora/jobs";
import { type JobFacts, type JobResult, jobResultOf, toJson } from "../job-result.ts";
import type { StageOutcome } from "../plans/stage.ts";

/** Shortest time between two progress writes within a stage. */
const WRITE_INTERVAL_MS = 250;

/** What latents are kept for edits of the clip. */
const KEPT_LATENTS = /^(?:keyFrames|frames)$/;

/** What files of a plan are shown to the user under the same name. */
const PUBLIC_FILE = /^(?:keyframe|video|thumbnail|spritesheet|image\d+)$/;

/**
 * Writes a running job's progress into its record, sparingly: a commit travels with the next
 * stage's start, and progress within a stage at most four times a second.
 */
export interface JobProgress {
  /** Records that `prefix` is needed by this job, and that a stage begins. */
  startStage(stage: string, prefix: string, options: { countKey?: string }): Promise<void>;
  /** The stages that follow from what the ones before found out. */
  addStages(weights: ReadonlyMap<string, number>): void;
  /** Takes back a counted start. */
  uncountStart(countKey: string): Promise<void>;
  /** `fraction` of the running stage, 0 to 1. */
  stageFraction(fraction: number): Promise<void>;
  /** A stage is committed; `seconds` undefined when it did not run in this job. */
  commitStage(stage: string, outcome: StageOutcome, ran?: { countKey: string; seconds: number }): void;
  /** What stages found out so far. */
  readonly facts: JobFacts;
  /** Whether the running stage was begun by a service and not finished: a crash, not a busy service. */
  readonly stageBroke: boolean;
  /** The patch that ends the job: everything not yet written. */
  finalPatch(): JobPatch;
}

/** Creates the writer for one lease; `weights` are the plan's stages in order. */
export function createJobProgress(
  jobs: JobStore,
  lease: JobLease,
  weights: ReadonlyMap<string, number>,
): JobProgress {
  return new RecordProgress(jobs, lease, weights);
}

class RecordProgress implements JobProgress {
  readonly #jobs: JobStore;
  readonly #lease: JobLease;
  #weights: ReadonlyMap<string, number>;
  #result: JobResult;
  #doneWeight = 0;
  #current = { weight: 0, fraction: 0 };
  #committedKey: string | undefined;
  #openStarts = 0;
  #writtenAtMs = 0;

  constructor(jobs: JobStore, lease: JobLease, weights: ReadonlyMap<string, number>) {
    this.#jobs = jobs;
    this.#lease = lease;
    this.#weights = weights;
    this.#result = jobResultOf(lease.record);
  }

  async startStage(stage: string, prefix: string, { countKey }: { countKey?: string }): Promise<void> {
    this.#current = { weight: this.#weights.get(stage) ?? 0, fraction: 0 };
    const { references } = this.#result;
    if (!references.includes(prefix)) this.#result = { ...this.#result, references: [...references, prefix] };
    await this.#write(countKey === undefined ? { stage } : { stage, startStage: countKey });
    if (countKey !== undefined) this.#openStarts += 1;
  }

  addStages(weights: ReadonlyMap<string, number>): void {
    this.#weights = new Map([...this.#weights, ...weights]);
  }

  async uncountStart(countKey: string): Promise<void> {
    this.#openStarts -= 1;
    await this.#write({ uncountStage: countKey });
  }

  async stageFraction(fraction: number): Promise<void> {
    const reached = Math.max(this.#current.fraction, Math.min(fraction, 1));
    this.#current = { ...this.#current, fraction: reached };
    if (Date.now() - this.#writtenAtMs < WRITE_INTERVAL_MS) return;
    // A store that is away for a moment is no reason to stop a stage that runs: the lease's heartbeat decides.
    await this.#write({}).catch((error: unknown) => {
      if (codeOf(error) !== "unavailable") throw error;
    });
  }

  commitStage(stage: string, outcome: StageOutcome, ran?: { countKey: string; seconds: number }): void {
    this.#doneWeight += this.#weights.get(stage) ?? 0;
    this.#current = { weight: 0, fraction: 0 };
    this.#committedKey = ran?.countKey;
    this.#openStarts = 0;
    this.#result = withOutcome(this.#result, stage, outcome, ran?.seconds);
  }

  get facts(): JobFacts {
    return this.#result.facts;
  }

  get stageBroke(): boolean {
    return this.#openStarts > 0;
  }

  finalPatch(): JobPatch {
    return { progress: 100, result: toJson(this.#result), ...this.#takeCommit() };
  }

  async #write(patch: JobPatch): Promise<void> {
    this.#writtenAtMs = Date.now();
    const result = toJson(this.#result);
    await this.#jobs.update(this.#lease, {
      progress: this.#percent(),
      result,
      ...this.#takeCommit(),
      ...patch,
    });
  }

  #takeCommit(): JobPatch {
    const key = this.#committedKey;
    this.#committedKey = undefined;
    return key === undefined ? {} : { commitStage: key };
  }

  #percent(): number {
    const total = [...this.#weights.values()].reduce((sum, weight) => sum + weight, 0);
    const { weight, fraction } = this.#current;
    return Math.floor((99 * (this.#doneWeight + weight * fraction)) / total);
  }
}

function withOutcome(
  result: JobResult,
  stage: string,
  outcome: StageOutcome,
  seconds: number | undefined,
): JobResult {
  const named = (pattern: RegExp) =>
    Object.fromEntries(Object.entries(outcome.files).filter(([name]) => pattern.test(name)));
  const artifacts = { ...result.artifacts, ...named(PUBLIC_FILE) };
  const latents = { ...result.latents, ...named(KEPT_LATENTS) };
  const facts = { ...result.facts, ...outcome.facts };
  const known = new Set(result.warnings.map((warning) => warning.code));
  const warnings = [...result.warnings, ...outcome.warnings.filter(({ code }) => !known.has(code))];
  if (seconds === undefined) return { ...result, artifacts, latents, facts, warnings };
  return {
    ...result,
    ...{ artifacts, latents, facts, warnings },
    stageDurations: { ...result.stageDurations, [stage]: round(seconds) },
    modelSeconds: { ...result.modelSeconds, [stage]: round(outcome.modelSeconds) },
  };
}

function round(seconds: number): number {
  return Math.round(seconds * 10_000) / 10_000;
}
