import { AppError } from "@kinora/errors";
import type { GenerationContext, PreparePipeline } from "./generation.ts";
import { createGuidedPredict, readGuidance } from "./guided-predict.ts";
import { readPooledText } from "./read-text.ts";

/**
 * Stable Diffusion 3 and 3.5 (Esser et al., arXiv 2403.03206), as diffusers' StableDiffusion3Pipeline and its
 * picture-to-picture form: a transformer, three text encoders' words and pooled ones, flow matching.
 */
export const prepareStableDiffusion3: PreparePipeline = async (context) => {
  const { isGuided } = readGuidance(context);
  const { hidden, pooled } = await readPooledText(context, isGuided);
  const [rows, columns] = patchGrid(context);
  const { dynamicShift } = context.model.scheduler;
  return {
    predict: await createGuidedPredict(context, {
      encoder_hidden_states: hidden,
      pooled_projections: pooled,
    }),
    firstStep: firstOfFractionalSteps,
    ...(dynamicShift && { schedule: { mu: dynamicShift(rows * columns) } }),
  };
};

/** Where a picture-to-picture generation begins: here the steps that are left out are rounded down. */
export function firstOfFractionalSteps(numSteps: number, strength: number): number {
  return Math.trunc(numSteps - Math.min(numSteps * strength, numSteps));
}

/** Patches of the latents, which the transformer's position embedding must have room for. */
function patchGrid({ model, size: [, , height, width] }: GenerationContext): [number, number] {
  const { patch_size: patch = 2, pos_embed_max_size: most } = model.config("transformer");
  const grid: [number, number] = [Math.floor(height / Number(patch)), Math.floor(width / Number(patch))];
  if (typeof most !== "number" || Math.max(...grid) <= most) return grid;
  const limit = most * Number(patch) * model.pipeline.vae.scaleFactor;
  throw new AppError("invalid_request", {
    reason: `width and height of model ${model.folder.name} are ${limit} pixels at most.`,
  });
}
