import type { GenerationContext, PreparePipeline } from "./generation.ts";
import { type ConditionRows, createGuidedPredict, readGuidance } from "./guided-predict.ts";
import { readPooledText } from "./read-text.ts";
import { firstOfWholeSteps } from "./stable-diffusion.ts";

/** What diffusers' pipeline tells SDXL's refiner of a picture it should make, and of one it should not. */
const AESTHETIC_SCORE = 6;
const NEGATIVE_AESTHETIC_SCORE = 2.5;

/**
 * SDXL (Podell et al., arXiv 2307.01952), as diffusers' StableDiffusionXLPipeline and its picture-to-picture form: the
 * U-Net is also told the pooled words and the picture's size and crop (section 2.2).
 */
export const prepareStableDiffusionXl: PreparePipeline = async (context) => {
  const { isGuided, told } = readGuidance(context);
  const { hidden, pooled } = await readPooledText(context, isGuided);
  return {
    predict: await createGuidedPredict(context, {
      encoder_hidden_states: hidden,
      text_embeds: pooled,
      time_ids: timeIds(context, isGuided),
      ...told,
    }),
    firstStep: firstOfWholeSteps,
  };
};

/** Original size, crop and target size; the refiner has an aesthetic score in place of the last. */
function timeIds({ model, request, size: [, , h, w] }: GenerationContext, isGuided: boolean): ConditionRows {
  const { scaleFactor } = model.pipeline.vae;
  const [height, width] = [h * scaleFactor, w * scaleFactor];
  const isScored =
    model.folder.index["requires_aesthetics_score"] === true && request.startImage !== undefined;
  const row = (score: number) => {
    const data = Float32Array.of(height, width, 0, 0, ...(isScored ? [score] : [height, width]));
    return { type: "float32", dims: [1, data.length], data } as const;
  };
  return isGuided ? [row(NEGATIVE_AESTHETIC_SCORE), row(AESTHETIC_SCORE)] : [row(AESTHETIC_SCORE)];
}
