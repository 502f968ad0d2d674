/** The families of pipelines that Kinora serves. */
export type PipelineKind =
  | "pocket"
  | "stable-diffusion"
  | "stable-diffusion-xl"
  | "stable-diffusion-3"
  | "latent-consistency"
  | "instruct-pix2pix"
  | "stable-video-diffusion";

/** One of a pipeline's text encoders and the tokenizer that goes with it. */
export interface TextEncoder {
  /** Folder of the graph: "text_encoder", "text_encoder_2" or "text_encoder_3". */
  readonly component: string;
  readonly tokenizer: string;
  /** "words": our own; "clip"; "clip-pooled": CLIP whose `text_embeds` are used too; "t5". */
  readonly kind: "words" | "clip" | "clip-pooled" | "t5";
}

/** A pipeline's autoencoder, as its config.json has it. */
export interface Vae {
  readonly latentChannels: number;
  /** Pixels to one latent, in each direction. */
  readonly scaleFactor: number;
  /** The denoiser works on (latents - shiftFactor) * scalingFactor. */
  readonly scalingFactor: number;
  readonly shiftFactor: number;
}

/** What a model folder is, read from its model_index.json and its configs. Shared by all services. */
export interface Pipeline {
  readonly kind: PipelineKind;
  /** diffusers' class name, without optimum's prefix. */
  readonly className: string;
  readonly denoiser: "unet" | "transformer";
  /** In the order in which diffusers joins their outputs. */
  readonly textEncoders: readonly TextEncoder[];
  /** Folder of the image encoder of a pipeline that is told its picture by one. */
  readonly imageEncoder: "image_encoder" | undefined;
  readonly vae: Vae;
  /** Pixels, where a request names no size. */
  readonly width: number;
  readonly height: number;
  /** Width and height must be multiples of this many pixels. */
  readonly sizeMultiple: number;
  /** Frames of a clip, where a request names no number; undefined for pipelines of pictures. */
  readonly numFrames: number | undefined;
  /** Whether the unconditional embedding is zeros where there is no negative prompt. */
  readonly forceZerosForEmptyPrompt: boolean;
  /** Folders of every graph that the folder has and this pipeline uses. */
  readonly graphs: readonly string[];
}
