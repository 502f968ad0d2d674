import { normalizePicture } from "@kinora/media";
import type { NormalizePicture } from "../validate-video-request.ts";
import { type ApiDeps, type ApiLimits, cryptoRandom, DEFAULT_API_LIMITS, systemClock } from "./api-ports.ts";
import { createImageOperations, type ImageOperations } from "./image-operations.ts";
import { createGate } from "./picture-gate.ts";
import { createRetriedPosts, type RetriedPosts } from "./retried-posts.ts";
import { createVideoOperations, type VideoOperations } from "./video-operations.ts";

/** What REST and gRPC share: the verbs, and the state behind them. */
export interface ApiCore {
  readonly limits: ApiLimits;
  readonly operations: VideoOperations;
  readonly images: ImageOperations;
  readonly retriedPosts: RetriedPosts;
}

const cores = new WeakMap<ApiDeps, ApiCore>();

/** The core of these deps: one for both fronts when they are given the same object. */
export function apiCoreOf(deps: ApiDeps): ApiCore {
  const known = cores.get(deps);
  if (known) return known;
  const core = createCore(deps);
  cores.set(deps, core);
  return core;
}

function createCore(deps: ApiDeps): ApiCore {
  const { jobs, store, models, logger, metrics } = deps;
  const limits = { ...DEFAULT_API_LIMITS, ...deps.limits };
  const { nowMs } = deps.clock ?? systemClock;
  const random = deps.random ?? cryptoRandom;
  const normalize = deps.normalizePicture ?? normalizePicture;
  const gate = createGate(limits.picturesAtOnce);
  const retriedPosts = createRetriedPosts({ jobs, store, nowMs, logger });
  const created = metrics.counter({ name: "kinora_jobs_created_total", help: "Jobs accepted." });
  const ports = {
    jobs,
    store,
    models,
    retriedPosts,
    maxUnfinished: limits.maxUnfinished,
    drawId: random.id,
    drawSeed: random.seed,
    normalizePicture: ((bytes, size) => gate(() => normalize(bytes, size))) satisfies NormalizePicture,
    onCreated: () => created.inc(),
  };
  const operations = createVideoOperations(ports);
  return { limits, operations, images: createImageOperations(ports), retriedPosts };
}
