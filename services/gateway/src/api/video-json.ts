import { type JobRecord, TERMINAL_STATES } from "@kinora/jobs";
import { wholeSeconds } from "../catalog/read-family-folder.ts";
import { frameCountOf } from "../clip-of-record.ts";
import { editRequestOf, isEdit } from "../edit-job.ts";
import { jobResultOf } from "../job-result.ts";
import { videoRequestOf } from "../video-job.ts";
import type { VideoJson } from "./video-schema.ts";

/** Highest progress of a video that is not completed. */
const ALMOST_DONE = 99;

/** A job's record as the Video object of REST; gRPC's message is made of it too. */
export function toVideoJson(record: JobRecord): VideoJson {
  const request = videoRequestOf(record);
  const { warnings, stageDurations, modelSeconds } = jobResultOf(record);
  const edit = isEdit(record) ? editJson(record) : null;
  const completed = record.state === "completed";
  const failed = record.state === "failed";
  const inferenceTime = Object.values(modelSeconds).reduce((sum, seconds) => sum + seconds, 0);
  return {
    id: record.id,
    object: "video",
    model: request.requestedModel,
    status: record.state,
    progress: completed ? 100 : Math.min(ALMOST_DONE, Math.max(0, Math.floor(record.progress))),
    prompt: request.prompt,
    created_at: toSeconds(record.createdAtMs),
    completed_at: completed && record.finishedAtMs !== undefined ? toSeconds(record.finishedAtMs) : null,
    expires_at: null,
    seconds: wholeSeconds(frameCountOf(record), request.fps),
    size: `${request.width}x${request.height}`,
    quality: "standard",
    error: failed && record.error ? { code: record.error.code, message: record.error.message } : null,
    remixed_from_video_id: edit?.source_video_id ?? null,
    edit,
    seed: request.seed,
    warnings: [...(isEdit(record) ? editRequestOf(record).warnings : []), ...warnings].map(
      ({ code, message, values }) => ({ code, message, values: [...values] }),
    ),
    stage: failed || record.state === "in_progress" ? (record.stage ?? null) : null,
    stage_durations: { ...stageDurations },
    model_durations: { ...modelSeconds },
    inference_time_s: completed ? inferenceTime : null,
  };
}

function editJson(record: JobRecord): VideoJson["edit"] {
  const { source, prompt, task } = editRequestOf(record);
  const understood = task ?? jobResultOf(record).facts["task"];
  return {
    source_video_id: source.videoId,
    instruction: prompt,
    task: understood === undefined ? null : String(understood),
  };
}

/** Whether a record never changes again. */
export function isTerminal(record: JobRecord): boolean {
  return (TERMINAL_STATES as readonly string[]).includes(record.state);
}

function toSeconds(ms: number): number {
  return Math.floor(ms / 1000);
}
