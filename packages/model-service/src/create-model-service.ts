import { type App, createRpcServer, type Logger, type RpcBinding, rpcListenOptions } from "@kinora/runtime";
import { createModelHost, type ModelServiceHost } from "./create-model-host.ts";
import { modelParts } from "./model-parts.ts";
import type { ModelServiceConfig } from "./model-service-fields.ts";
import type { Pipeline } from "./pipeline/pipeline.ts";
import { warmUp } from "./warm-up.ts";

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
  const host = createModelHost(config, logger);
  const server = createRpcServer({ ...rpcListenOptions(config), services: [options.bind(host)], logger });
  return {
    async start() {
      for (const name of await modelParts(config.modelsDir, config.defaultModel)) {
        const model = await host.models.get(name);
        for (const component of startComponents(options, model.pipeline)) {
          await warmUp(host.engine, await model.session(component), model.pipeline);
        }
      }
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
      await host.close();
    },
  };
}

function startComponents({ components }: ModelServiceOptions, pipeline: Pipeline): readonly string[] {
  const wanted = typeof components === "function" ? components(pipeline) : components;
  return wanted.filter((component) => pipeline.graphs.includes(component));
}
