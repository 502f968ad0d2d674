import { AppError } from "@kinora/errors";
import { type JobError, MAX_ATTEMPTS, MAX_STAGE_STARTS } from "../job-store.ts";
import { jobErrorOf } from "./job-error.ts";
import type { StoredJob } from "./stored-job.ts";

/** First wait after a run that threw, doubled for each attempt. */
const FIRST_RETRY_DELAY_MS = 200;
const LONGEST_RETRY_DELAY_MS = 30_000;

/** Why a job may not be tried again after a counted attempt; undefined when it may. */
export function attemptLimitError(job: StoredJob): JobError | undefined {
  const { record } = job;
  const poison = Object.entries(record.stageStarts).find(([, starts]) => starts >= MAX_STAGE_STARTS);
  if (poison !== undefined) return stageCrashed(record.stage ?? poison[0], poison[1]);
  if (record.attempts < MAX_ATTEMPTS) return undefined;
  return job.lastError ?? stageCrashed(record.stage ?? "(unknown)", record.attempts);
}

/** How long a job waits after a run that threw, by the attempts it has used up so far. */
export function retryDelayMs(attempts: number): number {
  return Math.min(FIRST_RETRY_DELAY_MS * 2 ** attempts, LONGEST_RETRY_DELAY_MS);
}

function stageCrashed(stage: string, starts: number): JobError {
  return jobErrorOf(new AppError("stage_crashed", { stage, starts }));
}
