import type { t2i } from "@kinora/contracts";
import { AppError } from "@kinora/errors";
import type { ServedModel } from "@kinora/model-service";
import type { LatentSize } from "./pipelines/generation.ts";

/**
 * Size of the latents that a request asks for, or that its start image has.
 * Throws `invalid_request` where the model makes none such.
 */
export function readLatentSize(
  model: ServedModel,
  request: t2i.GenerateRequest,
  startImage: readonly number[] | undefined,
): LatentSize {
  const { pipeline } = model;
  const { scaleFactor, latentChannels } = pipeline.vae;
  const [startHeight, startWidth] = (startImage?.slice(-2) ?? []).map((size) => size * scaleFactor);
  const width = request.width || startWidth || pipeline.width;
  const height = request.height || startHeight || pipeline.height;
  assertSize(model, width, height);
  if (startImage !== undefined && (width !== startWidth || height !== startHeight)) {
    const reason = `the start image has ${startWidth} x ${startHeight} pixels, not ${width} x ${height}.`;
    throw new AppError("invalid_request", { reason });
  }
  return [request.numImages || 1, latentChannels, height / scaleFactor, width / scaleFactor];
}

function assertSize({ pipeline, folder }: ServedModel, width: number, height: number): void {
  const { sizeMultiple: multiple } = pipeline;
  const isPocket = pipeline.kind === "pocket";
  const fits = isPocket
    ? width === pipeline.width && height === pipeline.height
    : width % multiple === 0 && height % multiple === 0;
  if (fits) return;
  const rule = isPocket
    ? `${pipeline.width} and ${pipeline.height} pixels`
    : `multiples of ${multiple} pixels`;
  throw new AppError("invalid_request", {
    reason: `width and height of model ${folder.name} must be ${rule}, got ${width} and ${height}.`,
  });
}
