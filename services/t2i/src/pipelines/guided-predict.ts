import { embedGuidanceScale, guide, type Predict, rescaleGuidance } from "@kinora/diffusion";
import type { TensorOf } from "@kinora/inference";
import { createDenoiser, stackRows } from "@kinora/model-service";
import type { GenerationContext } from "./generation.ts";

type FloatTensor = TensorOf<"float32">;

/** A denoiser's input without and with the words; one row where nothing is guided. */
export type ConditionRows =
  | readonly [FloatTensor]
  | readonly [unconditional: FloatTensor, conditional: FloatTensor];

/** A denoiser's inputs by name. */
export type Conditions = Readonly<Record<string, ConditionRows>>;

/** How a request's guidance scale is followed. */
export interface Guidance {
  /** Whether by two predictions, classifier-free. */
  readonly isGuided: boolean;
  /** Inputs that tell a distilled denoiser the scale (arXiv 2310.04378, section 4.2) in place of two predictions. */
  readonly told: Conditions;
}

/** The guidance of a request, as diffusers' pipelines see it: a scale of 1 or less asks for none. */
export function readGuidance({ model, request }: GenerationContext): Guidance {
  const { time_cond_proj_dim: dimension } = model.config(model.pipeline.denoiser);
  if (typeof dimension !== "number") return { isGuided: request.guidanceScale > 1, told: {} };
  const data = embedGuidanceScale(request.guidanceScale, dimension);
  return { isGuided: false, told: { timestep_cond: [{ type: "float32", dims: [1, dimension], data }] } };
}

/**
 * The denoiser of pictures under its conditions, each for all pictures of the request. With two rows it is guided:
 * both in one batch, the unconditional half first (arXiv 2207.12598), rescaled if asked (arXiv 2305.08891, 3.4).
 */
export async function createGuidedPredict(
  context: GenerationContext,
  conditions: Conditions,
): Promise<Predict> {
  const { model, request, size } = context;
  const [count] = size;
  const run = createDenoiser(context, await model.session(model.pipeline.denoiser), {
    size,
    copies: Math.max(...Object.values(conditions).map((rows) => rows.length)),
    inputs: Object.fromEntries(
      Object.entries(conditions).map(([name, rows]) => [name, stackRows(rows, count)]),
    ),
  });
  return async (sample, timestep) => {
    const [first, conditional] = (await run(sample, timestep)) as [Float32Array, Float32Array | undefined];
    if (conditional === undefined) return first;
    const guided = guide(first, conditional, request.guidanceScale);
    const { guidanceRescale: rescale } = request;
    return rescale > 0 ? rescaleGuidance(guided, conditional, { rescale, batchSize: count }) : guided;
  };
}
