import type { PipelineKind } from "@kinora/model-service";
import type { PreparePipeline } from "./generation.ts";
import { prepareLatentConsistency } from "./latent-consistency.ts";
import { preparePocket } from "./pocket.ts";
import { prepareStableDiffusion } from "./stable-diffusion.ts";
import { prepareStableDiffusion3 } from "./stable-diffusion-3.ts";
import { prepareStableDiffusionXl } from "./stable-diffusion-xl.ts";

/** The pipelines that make a picture from text. */
export const PIPELINES: Partial<Readonly<Record<PipelineKind, PreparePipeline>>> = {
  pocket: preparePocket,
  "stable-diffusion": prepareStableDiffusion,
  "stable-diffusion-xl": prepareStableDiffusionXl,
  "stable-diffusion-3": prepareStableDiffusion3,
  "latent-consistency": prepareLatentConsistency,
};
