import { createHash } from "node:crypto";
import { AppError } from "@kinora/errors";
import type { JobEvent, JobPage, JobRecord, JobStore } from "@kinora/jobs";
import type { ObjectStore } from "@kinora/storage";
import type { Principal } from "../access/create-access.ts";
import type { ValidVideoRequest } from "../validate-video-request.ts";
import {
  type RawVideoRequest,
  type ValidationPorts,
  validateVideoRequest,
} from "../validate-video-request.ts";
import { type ArtifactRef, toJson, type VideoRequest, videoResultOf } from "../video-job.ts";
import { invalid } from "./parse-value.ts";
import type { RetriedPosts } from "./retried-posts.ts";
import { showValue } from "./show-value.ts";

/** Files of a video that can be downloaded. */
const VARIANTS = ["video", "thumbnail", "spritesheet", "keyframe"] as const;

/** One of the files of a video. */
export type Variant = (typeof VARIANTS)[number];

/** A request for a new video and who sends it. */
interface CreateVideo {
  readonly principal: Principal;
  readonly raw: RawVideoRequest;
  readonly idempotencyKey?: string | undefined;
  /** Which try of an SDK this is, from 0; undefined for callers that do not say. */
  readonly attempt?: number | undefined;
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
export interface VideoOperationsPorts extends ValidationPorts {
  readonly jobs: JobStore;
  readonly store: ObjectStore;
  readonly retriedPosts: RetriedPosts;
  readonly drawId: () => string;
  readonly maxUnfinished: number;
  readonly onCreated: () => void;
}

const IDEMPOTENCY_TTL_MS = 24 * 3_600_000;
const MAX_IDEMPOTENCY_KEY = 255;
const VIDEO_ID = /^video_[0-9a-f]{32}$/;

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

/** An Idempotency-Key of 1 to 255 visible ASCII characters. Throws `invalid_request`. */
function parseIdempotencyKey(value: string): string {
  if (value.length <= MAX_IDEMPOTENCY_KEY && /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(value))
    return value;
  throw invalid(
    "Idempotency-Key",
    `Idempotency-Key must have 1 to ${MAX_IDEMPOTENCY_KEY} ASCII characters; got ${showValue(value)}.`,
  );
}

async function createVideo(request: CreateVideo, ports: VideoOperationsPorts): Promise<JobRecord> {
  const { principal, raw, attempt } = request;
  const key = request.idempotencyKey === undefined ? undefined : parseIdempotencyKey(request.idempotencyKey);
  const valid = await validateVideoRequest(raw, ports);
  const store = (idempotencyKey?: string) => storeJob({ principal, valid, idempotencyKey, attempt }, ports);
  const tracked = key === undefined && attempt !== undefined;
  const { record, created } = tracked
    ? await ports.retriedPosts.run({
        tenant: principal.tenant,
        fingerprint: valid.fingerprint,
        attempt,
        create: async () => (await store()).record,
      })
    : await store(key);
  if (created) ports.onCreated();
  return record;
}

interface NewVideo {
  readonly principal: Principal;
  readonly valid: ValidVideoRequest;
  readonly idempotencyKey: string | undefined;
  readonly attempt: number | undefined;
}

async function storeJob(
  { principal, valid, idempotencyKey, attempt }: NewVideo,
  ports: VideoOperationsPorts,
): Promise<{ record: JobRecord; created: boolean }> {
  const { tenant, weight } = principal;
  const inputReference = valid.picture ? await storePicture(ports.store, tenant, valid.picture) : null;
  const request: VideoRequest = { ...valid.request, inputReference };
  const { fingerprint } = valid;
  try {
    return await ports.jobs.create({
      tenant,
      weight,
      id: `video_${ports.drawId()}`,
      cost: costOf(request),
      request: { ...toJson(request), ...(attempt === undefined ? {} : { retryFingerprint: fingerprint }) },
      maxUnfinished: ports.maxUnfinished,
      ...(idempotencyKey === undefined
        ? {}
        : {
            idempotency: { key: `videos.create ${idempotencyKey}`, fingerprint, ttlMs: IDEMPOTENCY_TTL_MS },
          }),
    });
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== "idempotency_mismatch") throw error;
    const options = { cause: error, param: "Idempotency-Key" };
    throw new AppError("idempotency_mismatch", { key: idempotencyKey }, options);
  }
}

/** Written anew each time: the sweeper spares young objects, so this one outlives the job's creation. */
async function storePicture(store: ObjectStore, tenant: string, png: Uint8Array): Promise<ArtifactRef> {
  const sha256 = createHash("sha256").update(png).digest("hex");
  const key = `inputs/${tenant}/${sha256}.png`;
  const mediaType = "image/png";
  await store.put(key, png, { mediaType });
  return { key, sha256, sizeBytes: png.byteLength, mediaType };
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

async function listVideos(
  jobs: JobStore,
  tenant: string,
  options: { after?: string; limit: number; order: "asc" | "desc" },
): Promise<JobPage> {
  const { after } = options;
  const unknown = () =>
    invalid("after", `after must be the id of one of your videos; got ${showValue(after)}.`);
  if (after !== undefined && !VIDEO_ID.test(after)) throw unknown();
  try {
    return await jobs.list(tenant, options);
  } catch (error) {
    if (error instanceof AppError && error.code === "invalid_request") throw unknown();
    throw error;
  }
}

function locateVariant(record: JobRecord, variant: Variant): ArtifactRef {
  const artifact = videoResultOf(record).artifacts[variant];
  // The keyframe is shown as soon as its stage is done; the rest only with the whole clip.
  if (artifact && (record.state === "completed" || variant === "keyframe")) return artifact;
  const fields = { id: record.id, variant, status: record.state };
  throw new AppError("video_not_ready", fields, { param: "variant" });
}
