import { edit } from "@kinora/contracts";
import { AppError } from "@kinora/errors";
import { type App, bindService, createRpcServer, type Logger, rpcListenOptions } from "@kinora/runtime";
import type { Config } from "./config.ts";

/**
 * The edit service. A model folder without an `editor` component cannot edit, and says so:
 * `capability_missing`, while health and reflection answer.
 */
export function createApp(config: Config, logger: Logger): App {
  const missing = (model: string): never => {
    throw new AppError("capability_missing", {
      capability: "Editing",
      reason: `model ${model || config.defaultModel} has no editor.`,
    });
  };
  const server = createRpcServer({
    ...rpcListenOptions(config),
    services: [
      bindService(edit.EditService, {
        describe: async ({ model }) => missing(model),
        interpret: async ({ model }) => missing(model),
        editImage: ({ target }) => missing(target?.model ?? ""),
        editClip: ({ target }) => missing(target?.model ?? ""),
      }),
    ],
    logger,
  });
  return {
    async start() {
      const port = await server.start();
      server.setServing(true);
      return { port };
    },
    async drain() {
      server.setServing(false);
      await server.stop(config.drainTimeoutMs);
    },
    stop: () => server.stop(0),
  };
}
