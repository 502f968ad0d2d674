import { findFfmpeg, normalizePicture } from "@kinora/media";
import type { NormalizePicture } from "../validate-video-request.ts";
import { type ApiDeps, type ApiLimits, cryptoRandom, DEFAULT_API_LIMITS, systemClock } from "./api-ports.ts";
import { createEditOperations, type EditOperations } from "./edit-operations.ts";
import { createImageOperations, type ImageOperations } from "./image-operations.ts";
import { createGate } from "./picture-gate.ts";
import { createRetriedPosts, type RetriedPosts } from "./retried-posts.ts";
import { createVideoOperations, type VideoOperations } from "./video-operations.ts";

/** What REST and gRPC share: the verbs, and the state behind them. */
export interface ApiCore {
  readonly limits: ApiLimits;
  readonly operations: VideoOperations;
  readonly edits: EditOperations;
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
  const edits = createEditOperations({
    ...ports,
    videos: operations,
    gate: createGate(1),
    findFfmpeg: findOnce(() => findFfmpeg({ configured: deps.ffmpegPath })),
  });
  return { limits, operations, edits, images: createImageOperations(ports), retriedPosts };
}

/** Looks when first asked, and again after a failure: an operator may install what was missing. */
function findOnce<T>(find: () => Promise<T>): () => Promise<T> {
  let found: Promise<T> | undefined;
  return () => {
    found ??= find().catch((error: unknown) => {
      found = undefined;
      throw error;
    });
    return found;
  };
}
