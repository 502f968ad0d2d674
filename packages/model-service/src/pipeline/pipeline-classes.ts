import type { PipelineKind, TextEncoder } from "./pipeline.ts";

/** What every folder of a kind has. */
export interface PipelineShape {
  readonly denoiser: "unet" | "transformer";
  readonly textEncoders: readonly TextEncoder[];
  readonly imageEncoder?: "image_encoder";
  /** Graphs without which the pipeline does not work, beside denoiser, text and image encoders. */
  readonly required: readonly string[];
  /** Graphs that only some uses need, or that only some folders have. */
  readonly optional: readonly string[];
  /** Text encoders, by folder, which a model_index.json may leave out. */
  readonly dispensable?: readonly string[];
  /** The denoiser's input channels for each latent channel: 2 where an image's latents are joined to the noise. */
  readonly channelsPerLatent: number;
}

const encoder = (kind: TextEncoder["kind"], suffix = ""): TextEncoder => ({
  component: `text_encoder${suffix}`,
  tokenizer: `tokenizer${suffix}`,
  kind,
});

const ONE_CLIP: PipelineShape = {
  denoiser: "unet",
  textEncoders: [encoder("clip")],
  required: ["vae_decoder"],
  optional: ["vae_encoder"],
  channelsPerLatent: 1,
};

/** What the folders of each kind hold. */
export const PIPELINE_SHAPES: Readonly<Record<PipelineKind, PipelineShape>> = {
  pocket: {
    denoiser: "unet",
    textEncoders: [encoder("words")],
    required: ["vae_encoder", "vae_decoder"],
    optional: ["motion_unet", "interpolator", "task_predictor", "editor_text_encoder", "editor"],
    channelsPerLatent: 1,
  },
  "stable-diffusion": ONE_CLIP,
  "latent-consistency": ONE_CLIP,
  "stable-diffusion-xl": {
    ...ONE_CLIP,
    textEncoders: [encoder("clip"), encoder("clip-pooled", "_2")],
    dispensable: ["text_encoder"],
  },
  "stable-diffusion-3": {
    ...ONE_CLIP,
    denoiser: "transformer",
    textEncoders: [encoder("clip-pooled"), encoder("clip-pooled", "_2"), encoder("t5", "_3")],
    dispensable: ["text_encoder_3"],
  },
  "instruct-pix2pix": {
    ...ONE_CLIP,
    required: ["vae_encoder", "vae_decoder"],
    optional: [],
    channelsPerLatent: 2,
  },
  "stable-video-diffusion": {
    denoiser: "unet",
    textEncoders: [],
    imageEncoder: "image_encoder",
    required: ["vae_encoder", "vae_decoder"],
    optional: [],
    channelsPerLatent: 2,
  },
};

/** diffusers' classes; each may also carry optimum's prefix ORT. */
const CLASSES: Readonly<Record<string, PipelineKind>> = {
  KinoraVideoPipeline: "pocket",
  StableDiffusionPipeline: "stable-diffusion",
  StableDiffusionImg2ImgPipeline: "stable-diffusion",
  StableDiffusionXLPipeline: "stable-diffusion-xl",
  StableDiffusionXLImg2ImgPipeline: "stable-diffusion-xl",
  StableDiffusion3Pipeline: "stable-diffusion-3",
  StableDiffusion3Img2ImgPipeline: "stable-diffusion-3",
  LatentConsistencyModelPipeline: "latent-consistency",
  LatentConsistencyModelImg2ImgPipeline: "latent-consistency",
  StableDiffusionInstructPix2PixPipeline: "instruct-pix2pix",
  StableVideoDiffusionPipeline: "stable-video-diffusion",
};

/** Names of the classes that `pipelineKind` knows. */
export const PIPELINE_CLASSES: readonly string[] = Object.keys(CLASSES);

/** A `_class_name` without optimum's prefix, and its kind; undefined for a class that is not served. */
export function pipelineKind(className: string): { className: string; kind: PipelineKind } | undefined {
  const plain = className.replace(/^ORT/, "");
  const kind = Object.hasOwn(CLASSES, plain) ? CLASSES[plain] : undefined;
  return kind && { className: plain, kind };
}
