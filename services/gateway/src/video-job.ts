import type { JobRecord } from "@kinora/jobs";
import type { DirectMotion } from "./catalog/catalog-model.ts";
import type { ArtifactRef } from "./job-result.ts";

/** A validated request for a clip, as stored in a job's `request`: nothing is left to decide. */
export interface VideoRequest {
  readonly kind: "video";
  /** Model folder name; aliases are resolved. */
  readonly model: string;
  /** The name the caller used for the model, echoed back. */
  readonly requestedModel: string;
  /** NFC text; empty when only a picture was given. */
  readonly prompt: string;
  /** NFC text of what should not be seen, for models that take one. */
  readonly negativePrompt?: string;
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
  /** The folders of a model that does not do both halves itself. */
  readonly parts?: ComposedParts;
}

/** The folders that make a clip together. */
export interface ComposedParts {
  /** Folder that draws the keyframe; null: the caller's picture is it. */
  readonly keyframeModel: string | null;
  /** Folder that sets it in motion. */
  readonly motionModel: string;
  /** What the motion is told, where it makes every frame at once; null: it makes key frames from the prompt. */
  readonly direct: DirectMotion | null;
}

/** A job's request as a VideoRequest. Only validateVideoRequest writes them. */
export function videoRequestOf(record: JobRecord): VideoRequest {
  return record.request as unknown as VideoRequest;
}
