import { i2v } from "@kinora/contracts";
import { createModelService } from "@kinora/model-service";
import { type App, bindService, type Logger } from "@kinora/runtime";
import { createAnimate } from "./animate.ts";
import type { Config } from "./config.ts";
import { createInterpolate } from "./interpolate.ts";

/** The image-to-video service: first frame in, key frames and then every frame out. */
export function createApp(config: Config, logger: Logger): App {
  return createModelService({
    config,
    logger,
    components: ({ kind, denoiser }) =>
      kind === "stable-video-diffusion" ? [denoiser] : ["motion_unet", "interpolator"],
    bind: (host) =>
      bindService(i2v.ImageToVideoService, {
        describe: async ({ model }) => ({ runtime: await (await host.models.get(model)).describe() }),
        animate: createAnimate(host),
        interpolate: createInterpolate(host),
      }),
  });
}
