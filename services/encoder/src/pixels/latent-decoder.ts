import { AppError } from "@kinora/errors";
import {
  type EngineSession,
  type Feeds,
  int64Tensor,
  type StreamLayout,
  type TensorOf,
} from "@kinora/inference";
import type { ServedModel } from "@kinora/model-service";

/** A model's vae_decoder, ready for latents of one size. */
export interface LatentDecoder {
  readonly session: EngineSession;
  /** The output that holds the pictures, and how it becomes bytes. */
  readonly output: "frames" | "sample";
  readonly layout: StreamLayout;
  /** Pixels of a picture. */
  readonly width: number;
  readonly height: number;
  /** Pictures of one run that see each other: all of a clip for a decoder with a sense of time. */
  readonly isTemporal: boolean;
  /** Inputs for latents [N, C, h, w] as the denoiser left them. */
  feeds(latents: TensorOf<"float32">): Feeds;
}

/** Opens the decoder for latents [N, C, h, w]. Throws `invalid_request` if they are not the model's. */
export async function openLatentDecoder(
  model: ServedModel,
  { dims }: Pick<TensorOf<"float32">, "dims">,
): Promise<LatentDecoder> {
  const session = await model.session("vae_decoder");
  const { vae, kind } = model.pipeline;
  const [, channels, rows = 0, columns = 0] = dims;
  if (channels !== vae.latentChannels) {
    const reason = `The latents have ${channels} channels; model ${model.folder.name} has ${vae.latentChannels}.`;
    throw new AppError("invalid_request", { reason });
  }
  const width = columns * vae.scaleFactor;
  const height = rows * vae.scaleFactor;
  if (kind === "pocket") {
    const feeds = (latents: TensorOf<"float32">): Feeds => ({ latent_sample: latents });
    return { session, output: "frames", layout: "uint8", width, height, isTemporal: false, feeds };
  }
  const isTemporal = kind === "stable-video-diffusion";
  return {
    ...{ session, output: "sample", layout: "nchw-float", width, height, isTemporal },
    feeds(latents) {
      return { latent_sample: unscale(latents, model), ...frameCount(session, latents.dims[0] ?? 0) };
    },
  };
}

/** The denoiser's latents as the autoencoder has them, rounded where diffusers rounds. */
function unscale(latents: TensorOf<"float32">, { pipeline }: ServedModel): TensorOf<"float32"> {
  const { scalingFactor, shiftFactor } = pipeline.vae;
  const scale = Math.fround(scalingFactor);
  const inverse = Math.fround(1 / scalingFactor);
  const isVideo = pipeline.kind === "stable-video-diffusion";
  const data = latents.data.map((value) =>
    isVideo ? value * inverse : Math.fround(value / scale) + Math.fround(shiftFactor),
  );
  return { ...latents, data };
}

/** The number of frames, for the exports of temporal decoders that are told it. */
function frameCount({ inputs }: EngineSession, count: number): Feeds {
  const port = inputs.find(({ name }) => name === "num_frames");
  return port ? { num_frames: int64Tensor([count], port.shape.length === 1 ? [1] : []) } : {};
}
