import { createEngine, type Engine } from "@kinora/inference";
import { type App, createRpcServer, type Logger, type RpcBinding, rpcListenOptions } from "@kinora/runtime";
import { createObjectStore } from "@kinora/storage";
import { type ArtifactIo, createArtifactIo } from "./artifact-io.ts";
import type { ModelServiceConfig } from "./model-service-fields.ts";
import { parseBytes } from "./parse-bytes.ts";
import type { Pipeline } from "./pipeline/pipeline.ts";
import { createServedModels, type ServedModels } from "./served-model.ts";

/** What a service's handlers work with. */
export interface ModelServiceHost {
  readonly engine: Engine;
  readonly models: ServedModels;
  readonly artifacts: ArtifactIo;
}

/** A service around one engine. */
export interface ModelServiceOptions {
  readonly config: ModelServiceConfig;
  readonly logger: Logger;
  /** Graphs of the default model that are loaded before the service is ready; those it lacks are left out. */
  readonly components: readonly string[] | ((pipeline: Pipeline) => readonly string[]);
  readonly bind: (host: ModelServiceHost) => RpcBinding;
}

/**
 * The process around an engine: loads and verifies the default model, serves RPCs with health,
 * drains on request. Start throws `model_invalid` when the default model cannot be served.
 */
export function createModelService(options: ModelServiceOptions): App {
  const { config, logger } = options;
  const engine = createEngine({
    threads: config.engineThreads,
    device: config.device,
    logger,
    lockPath: config.engineLock,
    memoryBytes: config.modelMemory === undefined ? undefined : parseBytes(config.modelMemory),
  });
  const store = createObjectStore(config);
  const models = createServedModels(engine, {
    modelsDir: config.modelsDir,
    allowUnverified: config.modelManifest === "optional",
  });
  const host = { engine, models, artifacts: createArtifactIo(store) };
  const server = createRpcServer({ ...rpcListenOptions(config), services: [options.bind(host)], logger });
  return {
    async start() {
      const model = await models.get(config.defaultModel);
      for (const component of startComponents(options, model.pipeline)) await model.session(component);
      const port = await server.start();
      server.setServing(true);
      return { port };
    },
    async drain() {
      server.setServing(false);
      await server.stop(config.drainTimeoutMs);
    },
    async stop() {
      await server.stop(0);
      await engine.close();
      await store.close();
    },
  };
}

function startComponents({ components }: ModelServiceOptions, pipeline: Pipeline): readonly string[] {
  const wanted = typeof components === "function" ? components(pipeline) : components;
  return wanted.filter((component) => pipeline.graphs.includes(component));
}
