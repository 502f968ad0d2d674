import type { TensorOf } from "@kinora/inference";
import type { RawPicture } from "@kinora/media";

/** RGB bytes to what an encoder graph takes: float32 [1, 3, H, W] in [-1, 1], rounded as diffusers rounds. */
export function toPictureTensor({ data, width, height }: RawPicture): TensorOf<"float32"> {
  const pixels = width * height;
  const planes = new Float32Array(3 * pixels);
  for (let pixel = 0; pixel < pixels; pixel++) {
    for (let channel = 0; channel < 3; channel++) {
      planes[channel * pixels + pixel] = Math.fround((data[pixel * 3 + channel] ?? 0) / 255) * 2 - 1;
    }
  }
  return { type: "float32", dims: [1, 3, height, width], data: planes };
}

/** Peak signal-to-noise ratio of two pictures of one size, in dB; infinite when they are equal. */
export function psnrDb(first: Uint8Array, second: Uint8Array): number {
  if (first.length !== second.length) throw new Error("PSNR needs pictures of one size. This is a bug.");
  let sum = 0;
  for (const [index, value] of first.entries()) sum += (value - (second[index] ?? 0)) ** 2;
  return sum === 0 ? Number.POSITIVE_INFINITY : 10 * Math.log10((255 ** 2 * first.length) / sum);
}
