import type { PreparePipeline } from "./generation.ts";
import { createGuidedPredict, readGuidance } from "./guided-predict.ts";
import { readText } from "./read-text.ts";

/**
 * Stable Diffusion (Rombach et al., arXiv 2112.10752), as diffusers' StableDiffusionPipeline and its
 * picture-to-picture form (SDEdit, arXiv 2108.01073); Turbo and guidance-distilled U-Nets too.
 */
export const prepareStableDiffusion: PreparePipeline = async (context) => {
  const { isGuided, told } = readGuidance(context);
  return {
    predict: await createGuidedPredict(context, {
      encoder_hidden_states: await readText(context, isGuided),
      ...told,
    }),
    firstStep: firstOfWholeSteps,
  };
};

/** Where a picture-to-picture generation begins: the strength's share of the steps is rounded down. */
export function firstOfWholeSteps(numSteps: number, strength: number): number {
  return numSteps - Math.min(Math.trunc(numSteps * strength), numSteps);
}
