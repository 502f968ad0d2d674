import { buffer } from "node:stream/consumers";
import type { TensorOf } from "@kinora/inference";
import type { RawPicture } from "@kinora/media";
import type { ModelServiceHost, ServedModel, StageClock } from "@kinora/model-service";
import { openLatentDecoder } from "./latent-decoder.ts";

/** What decoding pictures needs. */
export interface DecodeOptions {
  readonly model: ServedModel;
  readonly clock: StageClock;
  readonly signal: AbortSignal;
}

/**
 * Latents [N, C, h, w] as the denoiser left them to RGB bytes, one picture after another. The engine's child turns
 * a foreign decoder's floats into bytes, so that a large picture holds up nobody here.
 */
export async function* decodePictures(
  host: ModelServiceHost,
  latents: TensorOf<"float32">,
  { model, clock, signal }: DecodeOptions,
): AsyncGenerator<RawPicture> {
  const { session, output, layout, width, height, feeds } = await openLatentDecoder(model, latents);
  const [count = 0, ...shape] = latents.dims;
  const size = latents.data.length / count;
  for (let index = 0; index < count; index++) {
    const data = latents.data.subarray(index * size, (index + 1) * size);
    const stream = host.engine.stream(session, feeds({ type: "float32", dims: [1, ...shape], data }), {
      output,
      layout,
      signal,
      onComputed: clock.onComputed,
    });
    const bytes = await buffer(stream);
    if (bytes.length !== width * height * 3) {
      throw new Error(`vae_decoder gave ${bytes.length} bytes for ${width}x${height} pixels. This is a bug.`);
    }
    yield { data: bytes, width, height };
  }
}
