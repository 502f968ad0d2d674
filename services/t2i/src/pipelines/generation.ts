import type { t2i } from "@kinora/contracts";
import type { Predict, ScheduleOptions } from "@kinora/diffusion";
import type { DenoiserContext, ModelServiceHost, ServedModel } from "@kinora/model-service";

/** Shape of the latents that a generation makes: [N, C, h, w]. */
export type LatentSize = readonly [count: number, channels: number, height: number, width: number];

/** A request and what it runs on. */
export interface GenerationContext extends DenoiserContext {
  readonly host: ModelServiceHost;
  readonly model: ServedModel;
  readonly request: t2i.GenerateRequest;
  readonly size: LatentSize;
}

/** How a pipeline class answers a request. */
export interface Generation {
  /** The guided denoiser. */
  readonly predict: Predict;
  /** What its schedule needs to know beside the steps. */
  readonly schedule?: Pick<ScheduleOptions, "mu" | "strength" | "stochasticLevels" | "drawNormal">;
  /** The first of `numSteps` steps that a start image goes through at a strength, as the class counts them. */
  readonly firstStep: (numSteps: number, strength: number) => number;
}

/** One pipeline class: reads the embedding, and makes the denoiser that it conditions. */
export type PreparePipeline = (context: GenerationContext) => Promise<Generation>;
