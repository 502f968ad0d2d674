import { requireTensor, type TensorOf, toPixels } from "@kinora/inference";
import type { RawPicture } from "@kinora/media";
import { type ModelServiceHost, readFloats, type ServedModel, type StageClock } from "@kinora/model-service";
import { openLatentDecoder } from "./latent-decoder.ts";

/** What decoding pictures needs. */
export interface DecodeOptions {
  readonly model: ServedModel;
  readonly clock: StageClock;
  readonly signal: AbortSignal;
}

/** Latents [N, C, h, w] as the denoiser left them to RGB bytes, one picture after another. */
export async function* decodePictures(
  host: ModelServiceHost,
  latents: TensorOf<"float32">,
  { model, clock, signal }: DecodeOptions,
): AsyncGenerator<RawPicture> {
  const decoder = await openLatentDecoder(model, latents);
  const { session, output, width, height } = decoder;
  const [count = 0, ...shape] = latents.dims;
  const size = latents.data.length / count;
  for (let index = 0; index < count; index++) {
    const data = latents.data.subarray(index * size, (index + 1) * size);
    const feeds = decoder.feeds({ type: "float32", dims: [1, ...shape], data });
    const run = { fetches: [output], signal, onComputed: clock.onComputed };
    const outputs = await host.engine.run(session, feeds, run);
    const what = "The output of vae_decoder";
    const pixels =
      decoder.layout === "uint8"
        ? requireTensor(outputs, output, { type: "uint8", rank: 4, what })
        : toPixels(readFloats(outputs, output, { rank: 4, what }));
    yield { data: pixels.data, width, height };
  }
}
