import type { PreparePipeline } from "./generation.ts";
import { createGuidedPredict } from "./guided-predict.ts";
import { readText } from "./read-text.ts";
import { firstOfWholeSteps } from "./stable-diffusion.ts";

/**
 * KinoraVideoPipeline, the embedded family: a U-Net trained by flow matching (Lipman et al., arXiv 2210.02747) that
 * makes a clip's keyframe, the first half of Emu Video's factorization (arXiv 2311.10709, section 3.1).
 */
export const preparePocket: PreparePipeline = async (context) => ({
  predict: await createGuidedPredict(context, {
    encoder_hidden_states: await readText(context, context.request.guidanceScale !== 1),
  }),
  firstStep: firstOfWholeSteps,
});
