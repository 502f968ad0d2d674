import { AppError } from "@kinora/errors";
import type { TensorOf } from "@kinora/inference";
import type { RawPicture } from "@kinora/media";
import { resizeAntialiased } from "./resize-antialiased.ts";

/** Side of CLIP's picture, which diffusers fixes for Stable Video Diffusion. */
const SIDE = 224;

/**
 * A picture as Stable Video Diffusion's image encoder takes it, [1, 3, 224, 224]: resized between -1 and 1, then
 * normalized by the mean and deviation of preprocessor_config.json (diffusers' _encode_image). Throws `model_invalid`
 * if the file lacks them.
 */
export function clipPixels({ data, width, height }: RawPicture, processor: unknown): TensorOf<"float32"> {
  const { mean, deviation } = readNormalization(processor);
  const pixels = new Float32Array(3 * SIDE * SIDE);
  for (let channel = 0; channel < 3; channel++) {
    const plane = new Float32Array(width * height);
    for (let i = 0; i < plane.length; i++) plane[i] = signedUnit(data[i * 3 + channel] ?? 0);
    const resized = resizeAntialiased({ width, height, data: plane }, SIDE, SIDE);
    for (const [i, value] of resized.data.entries()) {
      pixels[channel * SIDE * SIDE + i] =
        (Math.fround((value + 1) / 2) - (mean[channel] ?? 0)) / (deviation[channel] ?? 1);
    }
  }
  return { type: "float32", dims: [1, 3, SIDE, SIDE], data: pixels };
}

function signedUnit(byte: number): number {
  return Math.fround(Math.fround(byte / 255) * 2 - 1);
}

function readNormalization(processor: unknown): { mean: number[]; deviation: number[] } {
  const { image_mean: mean, image_std: deviation } = processor as Record<string, unknown>;
  if (isTriple(mean) && isTriple(deviation)) return { mean, deviation };
  throw new AppError("model_invalid", {
    model: "feature_extractor/preprocessor_config.json",
    reason: "it must have image_mean and image_std of three numbers each.",
  });
}

function isTriple(value: unknown): value is number[] {
  return Array.isArray(value) && value.length === 3 && value.every((each) => typeof each === "number");
}
