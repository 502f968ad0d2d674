import { randomBytes, randomInt } from "node:crypto";
import type { JobStore } from "@kinora/jobs";
import type { Logger, Metrics } from "@kinora/runtime";
import type { ObjectStore } from "@kinora/storage";
import type { Access } from "../access/create-access.ts";
import type { ModelCatalog } from "../model-catalog.ts";
import type { NormalizePicture } from "../validate-video-request.ts";

/** Whether requests can be answered well, and what each part says. */
export interface Readiness {
  readonly ready: boolean;
  /** Part to "ok" or what is wrong with it. */
  readonly checks: Readonly<Record<string, string>>;
}

/** Bounds of what a caller may send and hold open. */
export interface ApiLimits {
  /** A tenant's jobs queued or running; more get `rate_limit_exceeded`. */
  readonly maxUnfinished: number;
  /** A JSON body, its data URL not counted. */
  readonly jsonBytes: number;
  /** A JSON body or multipart text with its data URL. */
  readonly pictureBodyBytes: number;
  /** Text fields of a form, and the bytes of each that is not a picture. */
  readonly formFields: number;
  readonly formFieldBytes: number;
  /** Pictures decoded at once; others wait. */
  readonly picturesAtOnce: number;
  readonly requestTimeoutMs: number;
  readonly headersTimeoutMs: number;
  readonly keepAliveTimeoutMs: number;
  readonly headerBytes: number;
  /** How long requests in flight may take once the server closes; then their connections are cut. */
  readonly closeGraceMs: number;
  /** Comment sent on silent event streams, so that proxies keep them. */
  readonly heartbeatMs: number;
  /** What `openai-poll-after-ms` tells pollers of an unfinished video. */
  readonly pollAfterMs: number;
}

/** The limits that a gateway has unless it is told otherwise. */
export const DEFAULT_API_LIMITS: ApiLimits = {
  maxUnfinished: 100,
  jsonBytes: 64 * 1024,
  pictureBodyBytes: 28 * 1024 * 1024,
  formFields: 16,
  formFieldBytes: 16 * 1024,
  picturesAtOnce: 2,
  // A 28 MiB body over 4 Mbit/s takes a minute.
  requestTimeoutMs: 120_000,
  headersTimeoutMs: 10_000,
  // Longer than the 60 s after which common load balancers drop an idle connection.
  keepAliveTimeoutMs: 65_000,
  headerBytes: 16 * 1024,
  closeGraceMs: 10_000,
  heartbeatMs: 15_000,
  pollAfterMs: 500,
};

/** Time, as tests replace it. */
export interface ApiClock {
  /** Unix milliseconds. */
  nowMs(): number;
}

/** Randomness, as tests replace it. */
export interface ApiRandom {
  /** 32 lower-case hex digits that nobody can guess. */
  id(): string;
  /** A seed for a request without one. */
  seed(): number;
}

/** The machine's clock. */
export const systemClock: ApiClock = { nowMs: () => Date.now() };

/** The machine's randomness. Seeds stay within 31 bits: easy to read aloud, and exact everywhere. */
export const cryptoRandom: ApiRandom = {
  id: () => randomBytes(16).toString("hex"),
  seed: () => randomInt(2 ** 31),
};

/** What the API is made of; the process's main wires it. */
export interface ApiDeps {
  readonly jobs: JobStore;
  readonly store: ObjectStore;
  readonly models: ModelCatalog;
  readonly access: Access;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly readiness: () => Promise<Readiness>;
  readonly limits?: Partial<ApiLimits>;
  /** Where callers reach this API, for addresses in answers; unset: as each request says. */
  readonly publicUrl?: string | undefined;
  /** The ffmpeg that reads uploaded clips; unset: the one on PATH. */
  readonly ffmpegPath?: string | undefined;
  readonly clock?: ApiClock;
  readonly random?: ApiRandom;
  /** How pictures become PNGs of the model's size; that of @kinora/media unless told. */
  readonly normalizePicture?: NormalizePicture;
}
