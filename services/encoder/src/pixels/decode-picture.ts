import { requireTensor, type Tensor } from "@kinora/inference";
import type { RawPicture } from "@kinora/media";
import type { ModelServiceHost, ServedModel, StageClock } from "@kinora/model-service";

/** What decoding one picture needs. */
export interface DecodeOptions {
  readonly model: ServedModel;
  readonly clock: StageClock;
  readonly signal: AbortSignal;
}

/** Latents [1, C, h, w] to RGB bytes, by the model's vae_decoder. */
export async function decodePicture(
  host: ModelServiceHost,
  latents: Tensor,
  { model, clock, signal }: DecodeOptions,
): Promise<RawPicture> {
  const session = await model.session("vae_decoder");
  const outputs = await host.engine.run(
    session,
    { latent_sample: latents },
    { signal, onComputed: clock.onComputed },
  );
  const frames = requireTensor(outputs, "frames", {
    type: "uint8",
    rank: 4,
    what: "The output of vae_decoder",
  });
  const [, height = 0, width = 0] = frames.dims;
  return { data: frames.data, width, height };
}
