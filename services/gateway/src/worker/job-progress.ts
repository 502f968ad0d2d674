import type { JobLease, JobPatch, JobStore } from "@kinora/jobs";
import type { StageOutcome } from "../plans/stage.ts";
import { toJson, type VideoArtifacts, type VideoResult, videoResultOf } from "../video-job.ts";

/** Shortest time between two progress writes within a stage. */
const WRITE_INTERVAL_MS = 250;

/** What files of a plan are shown to the user under the same name. */
const PUBLIC_FILES = ["keyframe", "video", "thumbnail", "spritesheet"] as const;

/**
 * Writes a running job's progress into its record, sparingly: a commit travels with the next
 * stage's start, and progress within a stage at most four times a second.
 */
export interface JobProgress {
  /** Records that `prefix` is needed by this job, and that a stage begins. */
  startStage(stage: string, prefix: string, options: { countKey?: string }): Promise<void>;
  /** Takes back a counted start. */
  uncountStart(countKey: string): Promise<void>;
  /** `fraction` of the running stage, 0 to 1. */
  stageFraction(fraction: number): Promise<void>;
  /** A stage is committed; `seconds` undefined when it did not run in this job. */
  commitStage(stage: string, outcome: StageOutcome, ran?: { countKey: string; seconds: number }): void;
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
  const total = [...weights.values()].reduce((sum, weight) => sum + weight, 0);
  let result: VideoResult = videoResultOf(lease.record);
  let doneWeight = 0;
  let current = { stage: "", weight: 0, fraction: 0 };
  let committedKey: string | undefined;
  let openStarts = 0;
  let writtenAtMs = 0;

  const percent = () => Math.floor((99 * (doneWeight + current.weight * current.fraction)) / total);

  async function write(patch: JobPatch): Promise<void> {
    const commit = committedKey === undefined ? {} : { commitStage: committedKey };
    committedKey = undefined;
    writtenAtMs = Date.now();
    await jobs.update(lease, { progress: percent(), result: toJson(result), ...commit, ...patch });
  }

  return {
    async startStage(stage, prefix, { countKey }) {
      current = { stage, weight: weights.get(stage) ?? 0, fraction: 0 };
      if (!result.references.includes(prefix)) {
        result = { ...result, references: [...result.references, prefix] };
      }
      if (countKey !== undefined) openStarts += 1;
      await write(countKey === undefined ? { stage } : { stage, startStage: countKey });
    },
    async uncountStart(countKey) {
      openStarts -= 1;
      await write({ commitStage: countKey });
    },
    async stageFraction(fraction) {
      current = { ...current, fraction: Math.max(current.fraction, Math.min(fraction, 1)) };
      if (Date.now() - writtenAtMs >= WRITE_INTERVAL_MS) await write({});
    },
    commitStage(stage, outcome, ran) {
      doneWeight += weights.get(stage) ?? 0;
      current = { stage, weight: 0, fraction: 0 };
      committedKey = ran?.countKey;
      openStarts = 0;
      result = withOutcome(result, stage, outcome, ran?.seconds);
    },
    get stageBroke() {
      return openStarts > 0;
    },
    finalPatch: () => ({
      progress: 100,
      result: toJson(result),
      ...(committedKey === undefined ? {} : { commitStage: committedKey }),
    }),
  };
}

function withOutcome(
  result: VideoResult,
  stage: string,
  outcome: StageOutcome,
  seconds: number | undefined,
): VideoResult {
  const shown = PUBLIC_FILES.filter((name) => outcome.files[name]);
  const artifacts: VideoArtifacts = {
    ...result.artifacts,
    ...Object.fromEntries(shown.map((name) => [name, outcome.files[name]])),
  };
  const known = new Set(result.warnings.map((warning) => warning.code));
  const warnings = [...result.warnings, ...outcome.warnings.filter(({ code }) => !known.has(code))];
  if (seconds === undefined) return { ...result, artifacts, warnings };
  return {
    ...result,
    artifacts,
    warnings,
    stageDurations: { ...result.stageDurations, [stage]: round(seconds) },
    modelSeconds: { ...result.modelSeconds, [stage]: round(outcome.modelSeconds) },
  };
}

function round(seconds: number): number {
  return Math.round(seconds * 10_000) / 10_000;
}
