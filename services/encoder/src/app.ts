import { encoder } from "@kinora/contracts";
import { findFfmpeg } from "@kinora/media";
import { createModelService } from "@kinora/model-service";
import { type App, bindService, type Logger } from "@kinora/runtime";
import type { Config } from "./config.ts";
import { createDecodeImage } from "./rpc/decode-image.ts";
import { createEncodeClip } from "./rpc/encode-clip.ts";
import { createEncodeImage } from "./rpc/encode-image.ts";
import { createEncodePrompt } from "./rpc/encode-prompt.ts";

/** The encoder service: everything between the outside and latents. */
export async function createApp(config: Config, logger: Logger): Promise<App> {
  const ffmpeg = await findFfmpeg({ configured: config.ffmpeg });
  logger.info({ path: ffmpeg.path, source: ffmpeg.source, version: ffmpeg.version }, "ffmpeg found");
  return createModelService({
    config,
    logger,
    components: ({ textEncoders, imageEncoder }) => [
      ...textEncoders.map(({ component }) => component),
      ...(imageEncoder ? [imageEncoder] : []),
      "vae_encoder",
      "vae_decoder",
    ],
    bind: (host) =>
      bindService(encoder.EncoderService, {
        describe: async ({ model }) => ({ runtime: await (await host.models.get(model)).describe() }),
        encodePrompt: createEncodePrompt(host),
        decodeImage: createDecodeImage(host),
        encodeImage: createEncodeImage(host),
        encodeClip: createEncodeClip(host, ffmpeg),
      }),
  });
}
