import { t2i } from "@kinora/contracts";
import { createModelService } from "@kinora/model-service";
import { type App, bindService, type Logger } from "@kinora/runtime";
import type { Config } from "./config.ts";
import { createGenerate } from "./generate.ts";
import { PIPELINES } from "./pipelines/pipelines.ts";

/** The text-to-image service: embedding in, keyframe latents out. */
export function createApp(config: Config, logger: Logger): App {
  return createModelService({
    config,
    logger,
    components: ({ kind, denoiser }) => (PIPELINES[kind] ? [denoiser] : []),
    bind: (host) =>
      bindService(t2i.TextToImageService, {
        describe: async ({ model }) => ({ runtime: await (await host.models.get(model)).describe() }),
        generate: createGenerate(host),
      }),
  });
}
