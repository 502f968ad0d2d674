import type { JobRecord } from "@kinora/jobs";
import { type ArtifactRef, jobResultOf } from "./job-result.ts";

/** File formats of pictures, as OpenAI's API names them. */
export const OUTPUT_FORMATS = ["png", "jpeg", "webp"] as const;

/** One of those formats. */
export type OutputFormat = (typeof OUTPUT_FORMATS)[number];

/** A validated request for pictures, as stored in a job's `request`: nothing is left to decide. */
export interface ImageRequest {
  readonly kind: "image";
  /** From text alone, beginning from a picture, or changing a picture as told. */
  readonly task: "generate" | "vary" | "edit";
  /** Folder whose graphs run. */
  readonly model: string;
  /** The name the caller used for the model. */
  readonly requestedModel: string;
  /** NFC text. */
  readonly prompt: string;
  readonly negativePrompt?: string;
  /** Drawn at admission when the caller gave none. Safe integer >= 0. */
  readonly seed: number;
  readonly steps: number;
  readonly guidanceScale: number;
  /** 0: off. */
  readonly guidanceRescale: number;
  /** For edits only. */
  readonly imageGuidanceScale?: number;
  /** Whether the editor reads the prompt itself, so that no embedding is made. */
  readonly readsInstruction?: boolean;
  /** How much of the picture is made anew, above 0 to 1; when varying one. */
  readonly strength?: number;
  readonly width: number;
  readonly height: number;
  /** Pictures, drawn as one batch. */
  readonly count: number;
  /** The caller's picture, already a PNG of width x height; null for text alone. */
  readonly image: ArtifactRef | null;
  readonly outputFormat: OutputFormat;
}

/** A job's request as an ImageRequest. Only validateImageRequest writes them. */
export function imageRequestOf(record: JobRecord): ImageRequest {
  return record.request as unknown as ImageRequest;
}

/** Name of picture `index` among a job's files. The first is called as in clips, whose stages it shares. */
export function pictureName(index: number): string {
  return index === 0 ? "keyframe" : `image${index}`;
}

/** The PNGs of a finished job, in order. */
export function picturesOf(record: JobRecord): ArtifactRef[] {
  const { artifacts } = jobResultOf(record);
  return Array.from({ length: imageRequestOf(record).count }, (_, index) => {
    const picture = artifacts[pictureName(index)];
    if (picture) return picture;
    throw new Error(`${record.id} is completed without picture ${index}. This is a bug.`);
  });
}
