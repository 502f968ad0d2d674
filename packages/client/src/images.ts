import type { image } from "@kinora/contracts";
import type { VideoWarning } from "./video.ts";

/** The pictures of one request. */
export interface Images {
  /** Their address over REST: `/v1/images/{id}/content`. */
  readonly id: string;
  readonly model: string;
  /** Of the whole batch. */
  readonly seed: bigint;
  /** Width and height, for example `512x512`. */
  readonly size: string;
  /** For example `image/png`. */
  readonly mediaType: string;
  /** Their bytes, in order. */
  readonly data: readonly Uint8Array[];
  readonly warnings: readonly VideoWarning[];
  /** Seconds by stage, for the stages that ran. */
  readonly stageDurations: Readonly<Record<string, number>>;
  /** What an edit was understood as, for example `recolour`; empty for models that take words as they are. */
  readonly task: string;
}

/** The message of the wire as callers see it. Throws when the server sent none. */
export function parseImages({ images }: image.GenerateResponse | image.EditResponse): Images {
  if (images === undefined) throw new Error("The server sent no pictures. Is it newer?");
  const { id, model, seed, size, mediaType, data, warnings, stageDurations, task } = images;
  return {
    ...{ id, model, seed, size, mediaType, data, task },
    warnings: warnings.map(({ code, message, values }) => ({ code, message, values })),
    stageDurations: { ...stageDurations },
  };
}
