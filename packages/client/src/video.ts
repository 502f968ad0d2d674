import { video } from "@kinora/contracts";

/** Where a clip stands; `completed`, `failed` and `cancelled` never change. */
export type VideoStatus = "queued" | "in_progress" | "completed" | "failed" | "cancelled";

/** A file of a clip. A keyframe is there as soon as its stage is done, the others when the clip is. */
export type VideoVariant = "video" | "thumbnail" | "spritesheet" | "keyframe";

/** Something to know about a clip that still works, for example words that the model never learned. */
export interface VideoWarning {
  readonly code: string;
  readonly message: string;
  readonly values: readonly string[];
}

/** What an edited clip was made from. */
export interface VideoEdit {
  /** Empty for an uploaded clip. */
  readonly sourceVideoId: string;
  readonly instruction: string;
  /** For example `recolour` or `slow_motion`; empty until the instruction is understood. */
  readonly task: string;
}

/** A clip's record. */
export interface Video {
  readonly id: string;
  readonly status: VideoStatus;
  readonly model: string;
  readonly prompt: string;
  /** Percent, 0 to 100. */
  readonly progress: number;
  /** The stage that runs, for example `animate`; empty when none does. */
  readonly stage: string;
  readonly createdAt: Date;
  readonly completedAt: Date | undefined;
  /** Length in seconds, as REST spells it. */
  readonly seconds: string;
  /** Width and height, for example `512x512`. */
  readonly size: string;
  readonly seed: bigint;
  readonly error: { readonly code: string; readonly message: string } | undefined;
  readonly warnings: readonly VideoWarning[];
  /** Seconds by stage, for the stages that this clip ran. */
  readonly stageDurations: Readonly<Record<string, number>>;
  /** Only for an edited clip. */
  readonly edit: VideoEdit | undefined;
}

const STATUSES = new Map<video.VideoStatus, VideoStatus>([
  [video.VideoStatus.QUEUED, "queued"],
  [video.VideoStatus.IN_PROGRESS, "in_progress"],
  [video.VideoStatus.COMPLETED, "completed"],
  [video.VideoStatus.FAILED, "failed"],
  [video.VideoStatus.CANCELLED, "cancelled"],
]);

const VARIANTS: Readonly<Record<VideoVariant, video.VideoVariant>> = {
  video: video.VideoVariant.VIDEO,
  thumbnail: video.VideoVariant.THUMBNAIL,
  spritesheet: video.VideoVariant.SPRITESHEET,
  keyframe: video.VideoVariant.KEYFRAME,
};

/** Whether the record will not change any more. */
export function isFinished(clip: Video): boolean {
  return clip.status === "completed" || clip.status === "failed" || clip.status === "cancelled";
}

/** The message of the wire as the record that callers see. Throws when the server sent none or an unknown status. */
export function parseVideo(message: video.Video | undefined): Video {
  const status = message && STATUSES.get(message.status);
  if (message === undefined || status === undefined) {
    throw new Error(`The server sent a video without a known status (${message?.status}). Is it newer?`);
  }
  const { id, model, prompt, progress, stage, seconds, size, seed, error } = message;
  return {
    ...{ id, status, model, prompt, progress, stage, seconds, size, seed },
    createdAt: dateOf(message.createdAt),
    completedAt: message.completedAt === 0n ? undefined : dateOf(message.completedAt),
    error: error && { code: error.code, message: error.message },
    warnings: message.warnings.map(({ code, message: text, values }) => ({ code, message: text, values })),
    stageDurations: { ...message.stageDurations },
    edit: message.edit && editOf(message.edit),
  };
}

/** The variant's number on the wire. */
export function variantNumber(variant: VideoVariant): video.VideoVariant {
  return VARIANTS[variant];
}

function editOf({ sourceVideoId, instruction, task }: video.VideoEdit): VideoEdit {
  return { sourceVideoId, instruction, task };
}

function dateOf(unixSeconds: bigint): Date {
  return new Date(Number(unixSeconds) * 1000);
}
