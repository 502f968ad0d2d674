import type { t2i } from "@kinora/contracts";
import { type DrawNormal, samplePosterior } from "@kinora/diffusion";
import { AppError } from "@kinora/errors";
import type { ArtifactIo, Vae } from "@kinora/model-service";

/** The picture that a generation begins from, as its autoencoder sees it. */
export interface StartImage {
  /** [1, C or 2C, h, w] */
  readonly dims: readonly number[];
  /** The denoiser's latents [1, C, h, w]: drawn from the picture's posterior where the encoder gives one. */
  draw(drawNormal: DrawNormal): Float32Array;
}

/** Reads a request's start image, if it has one. Throws `invalid_request` for a strength outside of (0, 1]. */
export async function readStartImage(
  request: t2i.GenerateRequest,
  artifacts: ArtifactIo,
  { vae, signal }: { readonly vae: Vae; readonly signal: AbortSignal },
): Promise<StartImage | undefined> {
  const { startImage, strength } = request;
  if (startImage === undefined) return undefined;
  if (!(strength > 0 && strength <= 1)) {
    throw new AppError("invalid_request", {
      reason: `strength must be above 0 and at most 1, got ${strength}.`,
    });
  }
  const { latents, latent_parameters: parameters } = await artifacts.readTensors(
    startImage,
    { required: [], optional: ["latents", "latent_parameters"] },
    { field: "start_image", signal },
  );
  if (latents) return { dims: latents.dims, draw: () => latents.data };
  if (!parameters) {
    const reason = "start_image has neither latents nor latent_parameters.";
    throw new AppError("invalid_request", { reason });
  }
  const { fround } = Math;
  const [shift, scale] = [fround(vae.shiftFactor), fround(vae.scalingFactor)];
  return {
    dims: parameters.dims,
    draw: (drawNormal) =>
      samplePosterior(parameters.data, drawNormal).map((value) => fround(value - shift) * scale),
  };
}
