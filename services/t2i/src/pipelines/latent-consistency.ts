import type { PreparePipeline } from "./generation.ts";
import { createGuidedPredict, readGuidance } from "./guided-predict.ts";
import { readText } from "./read-text.ts";

/**
 * Latent consistency models (Luo et al., arXiv 2310.04378), as diffusers' LatentConsistencyModelPipeline and its
 * picture-to-picture form: the guidance scale is told, never computed, and a start image's strength shortens the
 * scheduler's grid in place of its steps.
 */
export const prepareLatentConsistency: PreparePipeline = async (context) => {
  const { request } = context;
  return {
    predict: await createGuidedPredict(context, {
      encoder_hidden_states: await readText(context, false),
      ...readGuidance(context).told,
    }),
    firstStep: () => 0,
    ...(request.startImage && { schedule: { strength: request.strength } }),
  };
};
