import type { JobRecord } from "@kinora/jobs";
import type { ArtifactRef, JobWarning } from "./job-result.ts";
import type { VideoRequest } from "./video-job.ts";

/** Changes of a clip's time itself; every other task is the editor's. */
export const TEMPORAL_TASKS = ["slow_motion", "faster", "reverse", "loop"] as const;

/** One of those changes. */
export type TemporalTask = (typeof TEMPORAL_TASKS)[number];

/** What can be asked for by name: a change of time, or that the clip goes on as the prompt says. */
export const NAMED_TASKS = [...TEMPORAL_TASKS, "extend"] as const;

/** One of those names. */
export type NamedTask = (typeof NAMED_TASKS)[number];

/** A validated request for an edited clip, as stored in a job's `request`: nothing is left to decide. */
export interface EditRequest
  extends Pick<VideoRequest, "model" | "requestedModel" | "prompt" | "seed" | "width" | "height" | "fps"> {
  readonly kind: "edit";
  /** What the caller named in place of words; null: the words are interpreted. */
  readonly task: NamedTask | null;
  /** The clip that is changed. */
  readonly source: EditSource;
  /** Whether its model makes frames between key frames; otherwise its frames can only be reordered. */
  readonly interpolates: boolean;
  /** How the editor works; of a clip that goes on, the steps of its motion. */
  readonly steps: number;
  /** 0: what the editor needs for the task that the words turn out to ask for. */
  readonly guidanceScale: number;
  readonly imageGuidanceScale: number;
  /** Frames of what is added to a clip that goes on, from its last key frame; otherwise 0. */
  readonly added: number;
  /** What was noticed when the request was admitted. */
  readonly warnings: readonly JobWarning[];
}

/** A clip to change, with everything that its edits need. */
export interface EditSource {
  /** The video; null for an upload. */
  readonly videoId: string | null;
  readonly numFrames: number;
  /** Key frame i is frame i times this. */
  readonly framesPerKeyFrame: number;
  /** Latents of a video: keyFrames (where its model has them) and frames. Empty for an upload. */
  readonly latents: { readonly [name: string]: ArtifactRef };
  /** Key frames of an upload as PNGs. Empty for a video. */
  readonly pictures: readonly ArtifactRef[];
}

/** A job's request as an EditRequest. Only validateEditRequest writes them. */
export function editRequestOf(record: JobRecord): EditRequest {
  return record.request as unknown as EditRequest;
}

/** Whether a job edits a clip. */
export function isEdit(record: JobRecord): boolean {
  return record.request["kind"] === "edit";
}

/** Whether this is the name of a task. */
export function isNamedTask(task: string): task is NamedTask {
  return (NAMED_TASKS as readonly string[]).includes(task);
}

/** Whether a task changes time itself. */
export function isTemporal(task: string): task is TemporalTask {
  return (TEMPORAL_TASKS as readonly string[]).includes(task);
}
