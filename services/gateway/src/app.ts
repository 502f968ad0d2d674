import { join } from "node:path";
import { AppError, errorMessage } from "@kinora/errors";
import { createJobStore, type JobWorker } from "@kinora/jobs";
import {
  type App,
  createMetrics,
  createRpcServer,
  isLoopbackHost,
  type Logger,
  rpcTlsFrom,
} from "@kinora/runtime";
import { createObjectStore } from "@kinora/storage";
import { createAccess } from "./access/create-access.ts";
import type { ApiDeps, Readiness } from "./api/api-ports.ts";
import { createApi } from "./api/create-api.ts";
import type { Config } from "./config.ts";
import { createModelCatalog, type ModelCatalog } from "./model-catalog.ts";
import { bindImageService } from "./rpc/bind-image-service.ts";
import { bindVideoService } from "./rpc/bind-video-service.ts";
import { startWorker } from "./worker/start-worker.ts";

/** For calls that are still open when all else has been drained, such as those that watch a job. */
const STOP_GRACE_MS = 3_000;

/** The gateway: REST and public gRPC in front, the worker that runs jobs behind, as its role says. */
export async function createApp(config: Config, logger: Logger): Promise<App> {
  assertKeysWhereReachable(config);
  const metrics = createMetrics({ service: "gateway" });
  const jobs = createJobStore({
    redisUrl: config.redisUrl,
    sqlitePath: join(config.dataDir, "jobs.sqlite"),
    leaseMs: config.leaseMs,
    logger,
  });
  const store = createObjectStore(config);
  const state = { draining: false };
  const models = await openModels(config, logger);
  const deps: ApiDeps = {
    jobs,
    store,
    logger,
    metrics,
    models,
    access: await createAccess({ keysFile: config.apiKeysFile, logger }),
    readiness: () => checkReadiness({ jobs, models }, state.draining),
    limits: { maxUnfinished: config.maxUnfinished },
    publicUrl: config.publicUrl,
    ffmpegPath: config.ffmpeg,
  };
  const front = config.role === "worker" ? undefined : createFront(config, deps);
  const health = config.role === "worker" ? createApi(deps) : undefined;
  let worker: JobWorker | undefined;
  return {
    async start() {
      if (config.role !== "api") worker = startWorker({ ...deps, ...workerSettings(config) });
      if (!front) return { httpPort: await listen(health ?? createApi(deps), config) };
      return front.start();
    },
    async drain() {
      state.draining = true;
      front?.setServing(false);
      await worker?.stop();
    },
    async stop() {
      await front?.stop(STOP_GRACE_MS);
      await health?.close();
      await worker?.stop();
      await jobs.close();
      await store.close();
    },
  };
}

async function openModels(config: Config, logger: Logger): Promise<ModelCatalog> {
  const models = await createModelCatalog({
    modelsDir: config.modelsDir,
    aliases: parseAliases(config.modelAliases),
    defaultModel: config.defaultModel,
  });
  for (const { name, reason } of models.unavailable())
    logger.warn({ model: name, reason }, "model unavailable");
  return models;
}

function createFront(config: Config, deps: ApiDeps) {
  const api = createApi(deps);
  const rpc = createRpcServer({
    host: config.host,
    port: config.grpcPort,
    services: [bindVideoService(deps), bindImageService(deps)],
    logger: deps.logger,
    tls: rpcTlsFrom(config),
    // Callers prove themselves by key; TLS towards the outside is the ingress's.
    insecure: deps.access.keysRequired,
    // A picture travels inside Create, a clip inside Edit.
    maxMessageBytes: 24 * 1024 * 1024,
  });
  return {
    async start() {
      const grpcPort = await rpc.start();
      const httpPort = await listen(api, config);
      rpc.setServing(true);
      return { httpPort, grpcPort };
    },
    setServing: (serving: boolean) => rpc.setServing(serving),
    async stop(graceMs: number) {
      await Promise.all([api.close(), rpc.stop(graceMs)]);
    },
  };
}

async function listen(api: ReturnType<typeof createApi>, config: Config): Promise<number> {
  const url = await api.listen({ host: config.host, port: config.httpPort });
  return Number(new URL(url).port);
}

async function checkReadiness(
  { jobs, models }: Pick<ApiDeps, "jobs" | "models">,
  draining: boolean,
): Promise<Readiness> {
  const jobsCheck = await jobs.ping().then(
    () => "ok",
    (error: unknown) => errorMessage(error),
  );
  const checks = {
    jobs: jobsCheck,
    model: checkDefaultModel(models),
    lifecycle: draining ? "draining" : "ok",
  };
  return { ready: Object.values(checks).every((check) => check === "ok"), checks };
}

/** "ok", or the one sentence that says why requests without a model cannot be served. */
function checkDefaultModel(models: ModelCatalog): string {
  try {
    models.resolve(models.defaultModel);
    return "ok";
  } catch (error) {
    return errorMessage(error);
  }
}

function workerSettings(config: Config) {
  return {
    addresses: {
      t2i: config.t2iAddress,
      i2v: config.i2vAddress,
      edit: config.editAddress,
      encoder: config.encoderAddress,
    },
    tls: rpcTlsFrom(config),
    concurrency: config.workerConcurrency,
    sweepIntervalMs: config.sweepIntervalMs,
    sweepGraceMs: config.sweepGraceMs,
  };
}

/** Anybody who reaches the gateway may use it when there are no keys: then only this machine may. */
function assertKeysWhereReachable(config: Config): void {
  if (config.apiKeysFile !== undefined || isLoopbackHost(config.host)) return;
  throw new AppError("config_invalid", {
    reason: `KINORA_HOST=${config.host} can be reached from other machines: set KINORA_API_KEYS_FILE, or listen on 127.0.0.1.`,
  });
}

/** "a=b,c=d" as a record; throws `config_invalid` for anything else. */
function parseAliases(text: string): Record<string, string> {
  const pairs = text.split(",").filter((pair) => pair.trim() !== "");
  return Object.fromEntries(
    pairs.map((pair) => {
      const [alias = "", model = "", ...rest] = pair.split("=").map((part) => part.trim());
      if (alias !== "" && model !== "" && rest.length === 0) return [alias, model];
      throw new AppError("config_invalid", {
        reason: `KINORA_MODEL_ALIASES has ${JSON.stringify(pair)}; write alias=model pairs, for example sora-2=pocket.`,
      });
    }),
  );
}
