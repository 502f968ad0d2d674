import { createHash } from "node:crypto";
import { AppError } from "@kinora/errors";
import type { JobRecord, JobStore } from "@kinora/jobs";
import type { ObjectStore } from "@kinora/storage";
import type { Principal } from "../access/create-access.ts";
import { type ArtifactRef, toJson } from "../job-result.ts";
import { invalid } from "./parse-value.ts";
import type { RetriedPosts } from "./retried-posts.ts";
import { showValue } from "./show-value.ts";

/** What making a job needs. */
export interface StoreJobPorts {
  readonly jobs: JobStore;
  readonly store: ObjectStore;
  readonly retriedPosts: RetriedPosts;
  /** 32 lower-case hex digits that nobody can guess. */
  readonly drawId: () => string;
  readonly maxUnfinished: number;
  readonly onCreated: () => void;
}

/** How a caller asks, besides what for. */
export interface Asker {
  readonly principal: Principal;
  readonly idempotencyKey?: string | undefined;
  /** Which try of an SDK this is, from 0; undefined for callers that do not say. */
  readonly attempt?: number | undefined;
}

/** A validated request to store as a job. */
export interface NewRequest {
  /** What the id begins with: "video" or "image". */
  readonly object: "video" | "image";
  /** The verb, in which Idempotency-Keys are unique. */
  readonly verb: string;
  readonly request: object;
  /** Steps x frames x pixels; its unit only matters against other jobs. */
  readonly cost: number;
  readonly fingerprint: string;
}

const IDEMPOTENCY_TTL_MS = 24 * 3_600_000;
const MAX_IDEMPOTENCY_KEY = 255;

/**
 * Stores a request as a job, or finds the one that it repeats: by its Idempotency-Key, or as the
 * automatic retry of an SDK. Throws `idempotency_mismatch` and `rate_limit_exceeded`.
 */
export async function storeJob(asker: Asker, wanted: NewRequest, ports: StoreJobPorts): Promise<JobRecord> {
  const { principal, attempt } = asker;
  const key = asker.idempotencyKey === undefined ? undefined : parseIdempotencyKey(asker.idempotencyKey);
  const create = () => createJob(asker, wanted, { key, ports });
  const { fingerprint } = wanted;
  const tracked = key === undefined && attempt !== undefined;
  const { record, created } = tracked
    ? await ports.retriedPosts.run({
        tenant: principal.tenant,
        fingerprint,
        attempt,
        create: async () => (await create()).record,
      })
    : await create();
  if (created) ports.onCreated();
  return record;
}

/** Written anew each time: the sweeper spares young objects, so this one outlives the job's creation. */
export async function storePicture(
  store: ObjectStore,
  tenant: string,
  png: Uint8Array,
): Promise<ArtifactRef> {
  const sha256 = createHash("sha256").update(png).digest("hex");
  const key = `inputs/${tenant}/${sha256}.png`;
  const mediaType = "image/png";
  await store.put(key, png, { mediaType });
  return { key, sha256, sizeBytes: png.byteLength, mediaType };
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

async function createJob(
  { principal, attempt }: Asker,
  { object, verb, request, cost, fingerprint }: NewRequest,
  { key, ports }: { key: string | undefined; ports: StoreJobPorts },
): Promise<{ record: JobRecord; created: boolean }> {
  const retry = attempt === undefined ? {} : { retryFingerprint: fingerprint };
  const idempotency =
    key === undefined
      ? {}
      : { idempotency: { key: `${verb} ${key}`, fingerprint, ttlMs: IDEMPOTENCY_TTL_MS } };
  try {
    return await ports.jobs.create({
      tenant: principal.tenant,
      weight: principal.weight,
      id: `${object}_${ports.drawId()}`,
      cost,
      request: toJson({ ...request, ...retry }),
      maxUnfinished: ports.maxUnfinished,
      ...idempotency,
    });
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== "idempotency_mismatch") throw error;
    const options = { cause: error, param: "Idempotency-Key" };
    throw new AppError("idempotency_mismatch", { key }, options);
  }
}
