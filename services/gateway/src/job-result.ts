import type { JobRecord, JsonObject } from "@kinora/jobs";
import type { ArtifactRef } from "@kinora/storage";

export type { ArtifactRef };

/** Something to tell the user although the work succeeds. */
export interface JobWarning {
  readonly code: string;
  readonly message: string;
  readonly values: readonly string[];
}

/** What the worker has found so far, as stored in the `result` of a job of any kind. */
export interface JobResult {
  /** Files that the user may have, by name: keyframe, video, thumbnail, spritesheet, image1, ... */
  readonly artifacts: { readonly [name: string]: ArtifactRef };
  /** Every stage prefix whose files this record needs: the sweeper keeps them. */
  readonly references: readonly string[];
  readonly warnings: readonly JobWarning[];
  /** Seconds by stage, for the stages that ran in this job. */
  readonly stageDurations: { readonly [stage: string]: number };
  /** Seconds inside model runs by stage. */
  readonly modelSeconds: { readonly [stage: string]: number };
  /** A clip's latents, from which edits of it begin: keyFrames, frames. */
  readonly latents: { readonly [name: string]: ArtifactRef };
  /** What stages found out: an edit's task, frames of a clip whose time was changed. */
  readonly facts: JobFacts;
}

/** Small values by name. */
export type JobFacts = { readonly [name: string]: string | number };

/** A job's result so far, with every part present. */
export function jobResultOf(record: JobRecord): JobResult {
  const result = record.result as unknown as Partial<JobResult>;
  return {
    artifacts: result.artifacts ?? {},
    references: result.references ?? [],
    warnings: result.warnings ?? [],
    stageDurations: result.stageDurations ?? {},
    modelSeconds: result.modelSeconds ?? {},
    latents: result.latents ?? {},
    facts: result.facts ?? {},
  };
}

/** For storing a request or result, which are plain data, in a record. */
export function toJson(value: object): JsonObject {
  return value as unknown as JsonObject;
}
