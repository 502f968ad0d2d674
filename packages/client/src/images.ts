import type { image } from "@kinora/contracts";
import { AppError } from "@kinora/errors";
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

/** Reads an answer to its end: what there is to know, then each picture. Throws when some are missing. */
export async function readImages(
  answer: AsyncIterable<image.GenerateResponse | image.EditResponse>,
): Promise<Images> {
  let about: image.Images | undefined;
  const data: Uint8Array[] = [];
  for await (const { images, data: picture } of answer) {
    if (images === undefined) data.push(picture);
    else about = images;
  }
  if (about === undefined || data.length !== about.n) {
    const reason = `${data.length} of ${about?.n ?? "some"} pictures came`;
    throw new AppError("unavailable", { what: "The answer", reason });
  }
  const { id, model, seed, size, mediaType, warnings, stageDurations, task } = about;
  return {
    ...{ id, model, seed, size, mediaType, data, task },
    warnings: warnings.map(({ code, message, values }) => ({ code, message, values })),
    stageDurations: { ...stageDurations },
  };
}
