import type { JobPatch, JobRecord } from "../job-store.ts";
import type { StoredJob } from "./stored-job.ts";

/** What a worker reported, merged into the job: progress only rises, results merge key by key. */
export function mergePatch(job: StoredJob, patch: JobPatch): StoredJob {
  const { record } = job;
  const merged: JobRecord = {
    ...record,
    progress: mergeProgress(record.progress, patch.progress),
    ...(patch.stage === undefined ? {} : { stage: patch.stage }),
    result: { ...record.result, ...patch.result },
    stageStarts: mergeStageStarts(record.stageStarts, patch),
  };
  return {
    ...job,
    record: merged,
    openStages: mergeOpenStages(job.openStages, patch),
    ...(patch.error === undefined ? {} : { lastError: patch.error }),
  };
}

/** Takes back the starts of stages that were refused, not run: an uncounted retry leaves no trace. */
export function giveBackOpenStages(job: StoredJob): StoredJob {
  const stageStarts = { ...job.record.stageStarts };
  for (const key of job.openStages) takeBackStart(stageStarts, key);
  return { ...job, record: { ...job.record, stageStarts }, openStages: [] };
}

function mergeProgress(before: number, reported: number | undefined): number {
  if (reported === undefined) return before;
  if (!(reported >= 0 && reported <= 100)) {
    throw new Error(`Progress must lie between 0 and 100, not ${reported}. This is a bug.`);
  }
  return Math.max(before, reported);
}

function mergeStageStarts(before: JobRecord["stageStarts"], patch: JobPatch): JobRecord["stageStarts"] {
  const starts = { ...before };
  if (patch.commitStage !== undefined) delete starts[patch.commitStage];
  if (patch.uncountStage !== undefined) takeBackStart(starts, patch.uncountStage);
  if (patch.startStage !== undefined) starts[patch.startStage] = (starts[patch.startStage] ?? 0) + 1;
  return starts;
}

function takeBackStart(stageStarts: Record<string, number>, key: string): void {
  const starts = (stageStarts[key] ?? 0) - 1;
  if (starts > 0) stageStarts[key] = starts;
  else delete stageStarts[key];
}

function mergeOpenStages(before: readonly string[], patch: JobPatch): readonly string[] {
  const open = before.filter((key) => key !== patch.commitStage);
  const last = patch.uncountStage === undefined ? -1 : open.lastIndexOf(patch.uncountStage);
  if (last >= 0) open.splice(last, 1);
  return patch.startStage === undefined ? open : [...open, patch.startStage];
}
