/** A pipeline of diffusers as the catalog knows it: what it does, and the defaults of its `__call__`. */
export interface PipelineClass {
  readonly task: "generate" | "edit" | "motion";
  /** Folders that must hold a graph (model.onnx). */
  readonly graphs: readonly string[];
  readonly steps: number;
  readonly maxSteps: number;
  readonly guidanceScale: number;
  readonly negativePrompt: boolean;
  readonly guidanceRescale: boolean;
  /** Default of img2img's `strength`. */
  readonly strength?: number;
  readonly imageGuidanceScale?: number;
}

const STABLE_DIFFUSION: PipelineClass = {
  task: "generate",
  graphs: ["text_encoder", "unet", "vae_decoder"],
  steps: 50,
  maxSteps: 200,
  guidanceScale: 7.5,
  negativePrompt: true,
  guidanceRescale: true,
  strength: 0.8,
};

const CLASSES: Readonly<Record<string, PipelineClass>> = {
  StableDiffusionPipeline: STABLE_DIFFUSION,
  StableDiffusionXLPipeline: {
    ...STABLE_DIFFUSION,
    graphs: ["text_encoder", "text_encoder_2", "unet", "vae_decoder"],
    guidanceScale: 5,
    strength: 0.3,
  },
  StableDiffusion3Pipeline: {
    ...STABLE_DIFFUSION,
    graphs: ["text_encoder", "text_encoder_2", "transformer", "vae_decoder"],
    steps: 28,
    guidanceScale: 7,
    guidanceRescale: false,
    strength: 0.6,
  },
  LatentConsistencyModelPipeline: {
    ...STABLE_DIFFUSION,
    steps: 4,
    maxSteps: 50,
    guidanceScale: 8.5,
    negativePrompt: false,
    guidanceRescale: false,
  },
  StableDiffusionInstructPix2PixPipeline: {
    task: "edit",
    graphs: ["text_encoder", "unet", "vae_encoder", "vae_decoder"],
    steps: 100,
    maxSteps: 200,
    guidanceScale: 7.5,
    negativePrompt: true,
    guidanceRescale: false,
    imageGuidanceScale: 1.5,
  },
  StableVideoDiffusionPipeline: {
    task: "motion",
    graphs: ["image_encoder", "unet", "vae_encoder", "vae_decoder"],
    steps: 25,
    maxSteps: 200,
    guidanceScale: 3,
    negativePrompt: false,
    guidanceRescale: false,
  },
};

/** The classes by name, for refusals. */
export const PIPELINE_CLASS_NAMES: readonly string[] = Object.keys(CLASSES);

/** The pipeline of a `_class_name`, also as optimum writes it ("ORTStableDiffusionPipeline"). */
export function findPipelineClass(className: string): PipelineClass | undefined {
  const name = className.replace(/^ORT(?=[A-Z])/, "");
  return Object.hasOwn(CLASSES, name) ? CLASSES[name] : undefined;
}
