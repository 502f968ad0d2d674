import type { PreparePipeline } from "./generation.ts";
import { prepareStableDiffusion } from "./stable-diffusion.ts";

/**
 * KinoraVideoPipeline, the embedded family: a U-Net trained by flow matching (Lipman et al., arXiv 2210.02747) that
 * makes a clip's keyframe, the first half of Emu Video's factorization (arXiv 2311.10709, section 3.1). It takes
 * and gives what Stable Diffusion's does; students distilled to few steps are told the guidance scale.
 */
export const preparePocket: PreparePipeline = prepareStableDiffusion;
