import { float32Tensor, type TensorOf } from "@kinora/inference";
import { denoiseStage, type ProgressEvent } from "@kinora/model-service";
import type { PictureEdit } from "./pipelines/picture-edit.ts";

/** Runs an edit's denoise loop: gives progress events and returns the latents [N, C, h, w]. */
export async function* runEdit({
  size,
  range = Number.POSITIVE_INFINITY,
  options,
}: PictureEdit): AsyncGenerator<ProgressEvent, TensorOf<"float32">> {
  const data = yield* denoiseStage(options);
  return float32Tensor(
    data.map((value) => Math.max(-range, Math.min(range, value))),
    size,
  );
}
