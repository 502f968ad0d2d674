import { createTorchGenerator } from "@kinora/diffusion";
import type { TensorMap, TensorOf } from "@kinora/inference";
import type { RawPicture } from "@kinora/media";
import { type ModelServiceHost, readFloats, type ServedModel, type StageClock } from "@kinora/model-service";
import { clipPixels } from "./clip-pixels.ts";
import { toPictureTensor } from "./picture-tensor.ts";

type Floats = TensorOf<"float32">;

/** A picture to encode, and with what. */
export interface PictureRun {
  readonly host: ModelServiceHost;
  readonly model: ServedModel;
  readonly picture: RawPicture;
  /** Noise for models that disturb the picture first. */
  readonly seed: bigint;
  readonly noiseAugStrength: number;
  readonly clock: StageClock;
  readonly signal: AbortSignal;
}

/** A picture as the denoiser takes it. */
export interface EncodedPicture {
  /** By the names of proto/kinora/encoder/v1. */
  readonly tensors: TensorMap;
  /** Latents [1, C, h, w] that the decoder turns back into the picture. */
  readonly decodable: Floats;
}

/** Runs what the model's pipeline reads a picture with: its autoencoder, for some an image encoder too. */
export async function encodePicture(run: PictureRun): Promise<EncodedPicture> {
  const sample = toPictureTensor(run.picture);
  switch (run.model.pipeline.kind) {
    case "pocket": {
      const latents = await runVae(run, sample, "latent_sample");
      return { tensors: { latents }, decodable: latents };
    }
    case "instruct-pix2pix": {
      const latents = meanOf(await runVae(run, sample, "latent_parameters"));
      return { tensors: { latents }, decodable: scale(latents, run.model) };
    }
    case "stable-video-diffusion": {
      const noisy = addNoise(sample, run.seed, run.noiseAugStrength);
      const latents = meanOf(await runVae(run, noisy, "latent_parameters"));
      const tensors = { latents, image_embeds: await embed(run) };
      return { tensors, decodable: scale(latents, run.model) };
    }
    case "stable-diffusion":
    case "stable-diffusion-xl":
    case "stable-diffusion-3":
    case "latent-consistency": {
      const parameters = await runVae(run, sample, "latent_parameters");
      const decodable = scale(meanOf(parameters), run.model);
      return { tensors: { latent_parameters: parameters }, decodable };
    }
  }
}

async function runVae({ host, model, clock, signal }: PictureRun, sample: Floats, output: string) {
  const session = await model.session("vae_encoder");
  const outputs = await host.engine.run(session, { sample }, { signal, onComputed: clock.onComputed });
  return readFloats(outputs, output, { rank: 4, what: "The output of vae_encoder" });
}

/** The image encoder's embedding, [1, 1, D]. */
async function embed({ host, model, picture, clock, signal }: PictureRun): Promise<Floats> {
  const session = await model.session("image_encoder");
  const processor = await model.folder.readJson("feature_extractor/preprocessor_config.json");
  const feeds = { pixel_values: clipPixels(picture, processor) };
  const run = { fetches: ["image_embeds"], signal, onComputed: clock.onComputed };
  const outputs = await host.engine.run(session, feeds, run);
  const { data } = readFloats(outputs, "image_embeds", { rank: 2, what: "The output of image_encoder" });
  return { type: "float32", dims: [1, 1, data.length], data };
}

/** Of [1, 2C, h, w], mean and log variance, the mean. */
function meanOf({ dims, data }: Floats): Floats {
  const [, channels = 0, ...size] = dims;
  return { type: "float32", dims: [1, channels / 2, ...size], data: data.slice(0, data.length / 2) };
}

/** The autoencoder's latents as the denoiser has them. */
function scale(latents: Floats, { pipeline: { vae } }: ServedModel): Floats {
  return { ...latents, data: latents.data.map((value) => (value - vae.shiftFactor) * vae.scalingFactor) };
}

/** torch's noise of the picture's shape from a generator that was seeded just before. */
function addNoise(sample: Floats, seed: bigint, strength: number): Floats {
  const noise = createTorchGenerator(seed).randn(sample.data.length);
  const factor = Math.fround(strength);
  const data = sample.data.map((value, index) => value + Math.fround(factor * (noise[index] ?? 0)));
  return { ...sample, data };
}
