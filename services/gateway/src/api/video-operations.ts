import { AppError } from "@kinora/errors";
import type { JobEvent, JobPage, JobRecord } from "@kinora/jobs";
import { type ArtifactRef, jobResultOf } from "../job-result.ts";
import { type ValidationPorts, validateVideoRequest } from "../validate-video-request.ts";
import type { VideoRequest } from "../video-job.ts";
import type { RawRequest } from "./field-reader.ts";
import { listVideos } from "./list-videos.ts";
import { invalid } from "./parse-value.ts";
import { showValue } from "./show-value.ts";
import { type Asker, type StoreJobPorts, storeJob, storePicture } from "./store-job.ts";
import { VIDEO_ID } from "./video-id.ts";

/** Files of a video that can be downloaded. */
const VARIANTS = ["video", "thumbnail", "spritesheet", "keyframe"] as const;

/** One of the files of a video. */
export type Variant = (typeof VARIANTS)[number];

/** A request for a new video and who sends it. */
interface CreateVideo extends Asker {
  readonly raw: RawRequest;
}

/** The verbs of the API over the ports, the same for REST and gRPC. Every one is bound to a tenant. */
export interface VideoOperations {
  create(request: CreateVideo): Promise<JobRecord>;
  /** Throws `video_not_found`, for another tenant's id too. */
  get(tenant: string, id: string): Promise<JobRecord>;
  list(tenant: string, options: { after?: string; limit: number; order: "asc" | "desc" }): Promise<JobPage>;
  cancel(tenant: string, id: string): Promise<JobRecord>;
  delete(tenant: string, id: string): Promise<void>;
  /** The record now and on every change. Throws `video_not_found` before the first. */
  watch(tenant: string, id: string, signal: AbortSignal): AsyncIterable<JobEvent>;
  /** Where a file of a video is. Throws `video_not_ready` while there is none. */
  locate(tenant: string, id: string, variant: Variant): Promise<ArtifactRef>;
}

/** What the operations need. */
export interface VideoOperationsPorts extends ValidationPorts, StoreJobPorts {}

/** Builds the operations. */
export function createVideoOperations(ports: VideoOperationsPorts): VideoOperations {
  const { jobs } = ports;
  const get = async (tenant: string, id: string) => found(id, () => jobs.get(tenant, id));
  return {
    create: (request) => createVideo(request, ports),
    get,
    list: (tenant, options) => listVideos(jobs, tenant, options),
    cancel: (tenant, id) => found(id, () => jobs.requestCancel(tenant, id)),
    async delete(tenant, id) {
      await found(id, async () => ((await jobs.delete(tenant, id)) ? true : undefined));
    },
    async *watch(tenant, id, signal) {
      await get(tenant, id);
      yield* jobs.watch(tenant, id, { signal });
    },
    locate: async (tenant, id, variant) => locateVariant(await get(tenant, id), variant),
  };
}

/** The variant that a caller names. Throws `invalid_request`. */
export function parseVariant(value: unknown): Variant {
  const variant = VARIANTS.find((name) => name === value);
  if (variant) return variant;
  throw invalid("variant", `variant must be one of ${VARIANTS.join(", ")}; got ${showValue(value)}.`);
}

async function createVideo(asker: CreateVideo, ports: VideoOperationsPorts): Promise<JobRecord> {
  const { request: valid, picture, fingerprint } = await validateVideoRequest(asker.raw, ports);
  const { tenant } = asker.principal;
  const inputReference = picture ? await storePicture(ports.store, tenant, picture) : null;
  const request: VideoRequest = { ...valid, inputReference };
  const wanted = {
    object: "video",
    verb: "videos.create",
    request,
    cost: costOf(request),
    fingerprint,
  } as const;
  return storeJob(asker, wanted, ports);
}

/** Steps x frames x pixels, keyframe and motion together; its unit only matters against other jobs. */
function costOf(request: VideoRequest): number {
  const { keyframeSteps, motionSteps, numFrames, width, height, inputReference } = request;
  const frames = (inputReference ? 0 : keyframeSteps) + motionSteps * numFrames;
  return frames * width * height;
}

async function found<T>(id: string, look: () => Promise<T | undefined>): Promise<T> {
  const result = VIDEO_ID.test(id) ? await look() : undefined;
  if (result !== undefined) return result;
  throw new AppError("video_not_found", { id: id.slice(0, 80) }, { param: "id" });
}

function locateVariant(record: JobRecord, variant: Variant): ArtifactRef {
  const artifact = jobResultOf(record).artifacts[variant];
  // The keyframe is shown as soon as its stage is done; the rest only with the whole clip.
  if (artifact && (record.state === "completed" || variant === "keyframe")) return artifact;
  const fields = { id: record.id, variant, status: record.state };
  throw new AppError("video_not_ready", fields, { param: "variant" });
}
