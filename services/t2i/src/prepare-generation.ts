import type { t2i } from "@kinora/contracts";
import { createTorchGenerator, type DenoiseOptions } from "@kinora/diffusion";
import { AppError } from "@kinora/errors";
import { elementCount } from "@kinora/inference";
import {
  createRequestSchedule,
  type DenoiserContext,
  type ModelServiceHost,
  repeat,
  type ServedModel,
} from "@kinora/model-service";
import { readLatentSize } from "./latent-size.ts";
import type { LatentSize } from "./pipelines/generation.ts";
import { PIPELINES } from "./pipelines/pipelines.ts";
import { readStartImage } from "./start-image.ts";

/** What a request is answered with. */
export interface GenerateContext extends DenoiserContext {
  readonly host: ModelServiceHost;
  readonly model: ServedModel;
}

/** A denoise loop that is ready to run. */
export interface PreparedGeneration {
  /** Shape of its sample. */
  readonly size: LatentSize;
  readonly options: DenoiseOptions;
}

/**
 * Everything that a request's denoise loop needs. One torch generator draws, as in diffusers, first the start image's
 * posterior, then the whole batch's noise, then what the scheduler adds on its steps.
 */
export async function prepareGeneration(
  context: GenerateContext,
  request: t2i.GenerateRequest,
): Promise<PreparedGeneration> {
  const { host, model, signal } = context;
  const { kind, className, vae } = model.pipeline;
  const prepare = PIPELINES[kind];
  if (prepare === undefined) {
    const reason = `${className} makes no pictures from text.`;
    throw new AppError("capability_missing", {
      capability: `Text to image with ${model.folder.name}`,
      reason,
    });
  }
  const startImage = await readStartImage(request, host.artifacts, { vae, signal });
  const size = readLatentSize(model, request, startImage?.dims);
  const { predict, firstStep, schedule: choice } = await prepare({ ...context, request, size });

  const { randn } = createTorchGenerator(request.seed);
  const original = startImage?.draw(randn);
  const noise = randn(elementCount(size));
  const { numInferenceSteps: numSteps, strength } = request;
  const levels = { numSteps, batchSize: size[0], drawNormal: randn, ...choice };
  const schedule = createRequestSchedule(model.scheduler, levels);
  if (original === undefined) return { size, options: { schedule, noise, predict, signal } };

  const index = firstStep(numSteps, strength) * model.scheduler.order;
  if (index >= schedule.timesteps.length) {
    const reason = `strength ${strength} of ${numSteps} steps leaves no step; raise either.`;
    throw new AppError("invalid_request", { reason });
  }
  const start = { original: repeat(original, size[0]), index };
  return { size, options: { schedule, noise, predict, start, signal } };
}
