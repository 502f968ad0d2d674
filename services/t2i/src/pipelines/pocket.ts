import { createTorchGenerator, type DrawNormal, type StochasticLevels } from "@kinora/diffusion";
import { AppError } from "@kinora/errors";
import { repeat, type ServedModel } from "@kinora/model-service";
import type { GenerationContext, PreparePipeline } from "./generation.ts";
import { prepareStableDiffusion } from "./stable-diffusion.ts";

const LOW_BITS = 0xffffffffn;

/**
 * KinoraVideoPipeline, the embedded family: a U-Net trained by flow matching (Lipman et al., arXiv 2210.02747) that
 * makes a clip's keyframe, the first half of Emu Video's factorization (arXiv 2311.10709, section 3.1). It takes
 * and gives what Stable Diffusion's does; students distilled to few steps are told the guidance scale. Between the
 * noise levels `t2i.stochastic_levels` of its kinora.json, each step draws new noise.
 */
export const preparePocket: PreparePipeline = async (context) => {
  const generation = await prepareStableDiffusion(context);
  const stochasticLevels = readStochasticLevels(context.model);
  if (stochasticLevels === undefined) return generation;
  return { ...generation, schedule: { stochasticLevels, drawNormal: newNoise(context) } };
};

function readStochasticLevels({ folder }: ServedModel): StochasticLevels | undefined {
  const { t2i = {} } = (folder.card ?? {}) as { readonly t2i?: { readonly stochastic_levels?: unknown } };
  const { stochastic_levels: levels } = t2i;
  if (levels === undefined || isPairOfNumbers(levels)) return levels;
  const reason = "kinora.json: t2i.stochastic_levels must be two numbers.";
  throw new AppError("model_invalid", { model: folder.name, reason });
}

function isPairOfNumbers(value: unknown): value is StochasticLevels {
  return Array.isArray(value) && value.length === 2 && value.every((level) => typeof level === "number");
}

/** The same for every picture and from a stream of its own, so that a picture is the same alone and in a batch. */
function newNoise({ request, size: [count] }: GenerationContext): DrawNormal {
  const { randn } = createTorchGenerator(request.seed ^ LOW_BITS);
  return (total) => repeat(randn(total / count), count);
}
