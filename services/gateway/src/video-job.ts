import type { JobRecord, JsonObject } from "@kinora/jobs";
import type { ArtifactRef } from "@kinora/storage";

export type { ArtifactRef };

/** Something to tell the user although the clip works. */
export interface VideoWarning {
  readonly code: string;
  readonly message: string;
  readonly values: readonly string[];
}

/** A validated request for a clip, as stored in a job's `request`: nothing is left to decide. */
export interface VideoRequest {
  readonly kind: "video";
  /** Model folder name; aliases are resolved. */
  readonly model: string;
  /** The name the caller used for the model, echoed back. */
  readonly requestedModel: string;
  /** NFC text; empty when only a picture was given. */
  readonly prompt: string;
  /** Drawn at admission when the caller gave none. Safe integer >= 0. */
  readonly seed: number;
  /** Denoise steps of the keyframe. */
  readonly keyframeSteps: number;
  /** Denoise steps of the motion. */
  readonly motionSteps: number;
  readonly guidanceScale: number;
  readonly width: number;
  readonly height: number;
  readonly fps: number;
  readonly numFrames: number;
  /** Seconds as the API spells them, for example "4". */
  readonly seconds: string;
  /** The user's picture, already normalised to a PNG of width x height. */
  readonly inputReference: ArtifactRef | null;
}

/** Files a clip has so far. */
export interface VideoArtifacts {
  readonly keyframe?: ArtifactRef;
  readonly video?: ArtifactRef;
  readonly thumbnail?: ArtifactRef;
  readonly spritesheet?: ArtifactRef;
}

/** What the worker has found so far, as stored in a job's `result`. */
export interface VideoResult {
  readonly artifacts: VideoArtifacts;
  /** Every stage prefix whose files this record needs: the sweeper keeps them. */
  readonly references: readonly string[];
  readonly warnings: readonly VideoWarning[];
  /** Seconds by stage, for the stages that ran in this job. */
  readonly stageDurations: { readonly [stage: string]: number };
  /** Seconds inside model runs by stage. */
  readonly modelSeconds: { readonly [stage: string]: number };
}

/** A job's request as a VideoRequest. Only validateVideoRequest writes them. */
export function videoRequestOf(record: JobRecord): VideoRequest {
  return record.request as unknown as VideoRequest;
}

/** A job's result so far, with every part present. */
export function videoResultOf(record: JobRecord): VideoResult {
  const result = record.result as unknown as Partial<VideoResult>;
  return {
    artifacts: result.artifacts ?? {},
    references: result.references ?? [],
    warnings: result.warnings ?? [],
    stageDurations: result.stageDurations ?? {},
    modelSeconds: result.modelSeconds ?? {},
  };
}

/** For storing a request or result in a record. */
export function toJson(value: VideoRequest | VideoResult): JsonObject {
  return value as unknown as JsonObject;
}
