import { AppError } from "@kinora/errors";
import type { JobRecord, JobStore } from "@kinora/jobs";
import { type ImageRequest, imageRequestOf, picturesOf } from "../image-job.ts";
import type { ArtifactRef } from "../job-result.ts";
import { type ResponseFormat, validateImageRequest } from "../validate-image-request.ts";
import type { ValidationPorts } from "../validate-video-request.ts";
import type { RawRequest } from "./field-reader.ts";
import { failureOf } from "./job-failure.ts";
import { type Asker, type StoreJobPorts, storeJob, storePicture } from "./store-job.ts";
import { isTerminal } from "./video-json.ts";

/** A request for pictures and who sends it. */
interface CreateImages extends Asker {
  readonly raw: RawRequest;
  readonly route: "generations" | "edits";
}

/** The verbs about pictures. Every one is bound to a tenant. */
export interface ImageOperations {
  /** Stores the job. */
  create(request: CreateImages): Promise<{ record: JobRecord; responseFormat: ResponseFormat }>;
  /**
   * Waits until a job has its pictures. Throws why it has none, or the signal's reason; a job that
   * nobody waits for any more is cancelled, unless its Idempotency-Key may bring the caller back.
   */
  finish(record: JobRecord, options: FinishOptions): Promise<JobRecord>;
  /** A finished job with its pictures. Throws `image_not_found`, for another tenant's id too. */
  get(tenant: string, id: string): Promise<{ record: JobRecord; pictures: readonly ArtifactRef[] }>;
  /** Forgets a job, which is cancelled if it runs. Throws `image_not_found`. */
  delete(tenant: string, id: string): Promise<void>;
}

/** How long to wait. */
interface FinishOptions {
  readonly signal: AbortSignal;
  /** Whether the job goes on when the signal aborts. */
  readonly keep: boolean;
}

const IMAGE_ID = /^image_[0-9a-f]{32}$/;

/** Builds the operations. */
export function createImageOperations(ports: ValidationPorts & StoreJobPorts): ImageOperations {
  const { jobs } = ports;
  return {
    create: (request) => createImages(request, ports),
    finish: (record, options) => finish(jobs, record, options),
    async get(tenant, id) {
      const record = IMAGE_ID.test(id) ? await jobs.get(tenant, id) : undefined;
      if (record?.state === "completed") return { record, pictures: picturesOf(record) };
      throw notFound(id);
    },
    async delete(tenant, id) {
      if (!IMAGE_ID.test(id) || !(await jobs.delete(tenant, id))) throw notFound(id);
    },
  };
}

function notFound(id: string): AppError {
  return new AppError("image_not_found", { id: id.slice(0, 80) }, { param: "id" });
}

async function createImages(asker: CreateImages, ports: ValidationPorts & StoreJobPorts) {
  const { raw, route, principal } = asker;
  const valid = await validateImageRequest(raw, route, ports);
  const { request, picture, fingerprint, responseFormat } = valid;
  const image = picture ? await storePicture(ports.store, principal.tenant, picture) : null;
  const stored: ImageRequest = { ...request, image };
  const wanted = { verb: `images.${route}`, request: stored, cost: costOf(stored), fingerprint };
  const record = await storeJob(asker, { object: "image", ...wanted }, ports);
  return { record, responseFormat };
}

/** Steps x pictures x pixels. */
function costOf({ steps, count, width, height }: ImageRequest): number {
  return steps * count * width * height;
}

async function finish(
  jobs: JobStore,
  record: JobRecord,
  { signal, keep }: FinishOptions,
): Promise<JobRecord> {
  const { tenant, id } = record;
  const end = await whenEnded(jobs, record, signal).catch(async (error: unknown) => {
    if (!keep) await jobs.requestCancel(tenant, id).catch(() => {});
    throw error;
  });
  if (!end) throw notFound(id);
  if (end.state === "completed") return end;
  throw failureOf(end);
}

/** The record at its end, or undefined when it was deleted. Throws the signal's reason. */
async function whenEnded(
  jobs: JobStore,
  { tenant, id }: JobRecord,
  signal: AbortSignal,
): Promise<JobRecord | undefined> {
  for await (const event of jobs.watch(tenant, id, { signal })) {
    if (event.type === "deleted") return undefined;
    if (isTerminal(event.record)) return event.record;
  }
  if (signal.aborted) throw AppError.from(signal.reason);
  return undefined;
}

/** The file name of a picture, without its ending. */
export function pictureFileName(record: JobRecord, index: number): string {
  return imageRequestOf(record).count === 1 ? record.id : `${record.id}-${index}`;
}
