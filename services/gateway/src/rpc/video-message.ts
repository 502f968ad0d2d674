import { video } from "@kinora/contracts";
import type { JobRecord, JobState } from "@kinora/jobs";
import { toVideoJson } from "../api/video-json.ts";
import type { VideoJson } from "../api/video-schema.ts";

const STATUS: Readonly<Record<JobState, video.VideoStatus>> = {
  queued: video.VideoStatus.QUEUED,
  in_progress: video.VideoStatus.IN_PROGRESS,
  completed: video.VideoStatus.COMPLETED,
  failed: video.VideoStatus.FAILED,
  cancelled: video.VideoStatus.CANCELLED,
};

/** A job's record as the gRPC message: the same facts as REST's Video. */
export function toVideoMessage(record: JobRecord) {
  const json = toVideoJson(record);
  return {
    id: json.id,
    status: STATUS[record.state],
    model: json.model,
    prompt: json.prompt,
    progress: json.progress,
    stage: json.stage ?? "",
    createdAt: BigInt(json.created_at),
    completedAt: BigInt(json.completed_at ?? 0),
    seconds: json.seconds,
    size: json.size,
    seed: BigInt(json.seed),
    ...(json.error ? { error: json.error } : {}),
    warnings: json.warnings,
    stageDurations: json.stage_durations,
    ...(json.edit ? { edit: editMessage(json.edit) } : {}),
  };
}

function editMessage({ source_video_id, instruction, task }: NonNullable<VideoJson["edit"]>) {
  return { sourceVideoId: source_video_id ?? "", instruction, task: task ?? "" };
}
