import type { JobRecord } from "@kinora/jobs";
import { convertPng } from "@kinora/media";
import { type ObjectStore, readArtifact } from "@kinora/storage";
import { imageRequestOf, type OutputFormat, picturesOf } from "../image-job.ts";
import { type ArtifactRef, jobResultOf } from "../job-result.ts";
import type { ResponseFormat } from "../validate-image-request.ts";
import type { ImagesJson } from "./image-schema.ts";

/** How to answer with a finished job's pictures. */
export interface ImageAnswerOptions {
  readonly store: ObjectStore;
  readonly responseFormat: ResponseFormat;
  /** Where this API is, as the caller reaches it: "http://127.0.0.1:8080". */
  readonly baseUrl: string;
}

/** What there is to know about a finished job's pictures: the same over REST and gRPC. */
export function imageFacts(record: JobRecord) {
  const { width, height, requestedModel, seed, task, prompt } = imageRequestOf(record);
  const { warnings, stageDurations } = jobResultOf(record);
  return {
    size: `${width}x${height}`,
    id: record.id,
    model: requestedModel,
    seed,
    edit: task === "edit" ? { instruction: prompt, task: taskOf(record) } : null,
    warnings: warnings.map(({ code, message, values }) => ({ code, message, values: [...values] })),
    stage_durations: { ...stageDurations },
  };
}

/** A finished job as the ImagesResponse of OpenAI's API, with Kinora's extensions. */
export async function toImagesJson(record: JobRecord, options: ImageAnswerOptions): Promise<ImagesJson> {
  const { store, responseFormat, baseUrl } = options;
  const request = imageRequestOf(record);
  const data = [];
  for (const [index, picture] of picturesOf(record).entries()) {
    if (responseFormat === "url") {
      data.push({ url: `${baseUrl}/v1/images/${record.id}/content?index=${index}` });
    } else {
      const bytes = await readPicture(store, picture, request.outputFormat);
      data.push({ b64_json: Buffer.from(bytes).toString("base64") });
    }
  }
  return {
    created: Math.floor((record.finishedAtMs ?? record.createdAtMs) / 1000),
    data,
    background: "opaque",
    output_format: request.outputFormat,
    ...imageFacts(record),
    inference_time_s: Object.values(jobResultOf(record).modelSeconds).reduce(
      (sum, seconds) => sum + seconds,
      0,
    ),
  };
}

/** The task that our own editor read in the words; null of editors that take them as they are. */
function taskOf(record: JobRecord): string | null {
  const { task } = jobResultOf(record).facts;
  return task === undefined ? null : String(task);
}

/** The bytes of a picture in the format that was asked for. */
export async function readPicture(
  store: ObjectStore,
  picture: ArtifactRef,
  format: OutputFormat,
): Promise<Uint8Array> {
  const png = await readArtifact(store, picture);
  return format === "png" ? png : await convertPng(png, format);
}
