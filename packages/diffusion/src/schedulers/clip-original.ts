import { booleanOption, numberOption } from "./read-options.ts";

/** The options of dynamic thresholding. */
export const THRESHOLD_OPTIONS = {
  thresholding: booleanOption(false),
  dynamic_thresholding_ratio: numberOption(0.995),
  sample_max_value: numberOption(1),
};

/** How a predicted x0 is kept in range; the options under diffusers' names. */
export interface ClipOptions {
  readonly clip_sample?: boolean;
  readonly clip_sample_range?: number;
  readonly thresholding: boolean;
  readonly dynamic_thresholding_ratio: number;
  readonly sample_max_value: number;
}

/** A predicted x0 kept in range: thresholded, or else clipped, or as it is. */
export function clipOriginal(original: Float32Array, options: ClipOptions, batchSize = 1): Float32Array {
  if (options.thresholding) return threshold(original, options, batchSize);
  if (options.clip_sample !== true) return original;
  const range = Math.fround(options.clip_sample_range ?? 1);
  return original.map((value) => Math.min(Math.max(value, -range), range));
}

/**
 * Dynamic thresholding (Saharia et al., arXiv 2205.11487, section 2.3), each sample of the batch by itself: values are
 * clipped to +-s, s being a quantile of the absolute values, and divided by it.
 */
function threshold(original: Float32Array, options: ClipOptions, batchSize: number): Float32Array {
  const size = original.length / batchSize;
  const clipped = new Float32Array(original.length);
  for (let start = 0; start < original.length; start += size) {
    const sample = original.subarray(start, start + size);
    const quantile = quantileOf(sample.map(Math.abs).sort(), options.dynamic_thresholding_ratio);
    const s = Math.fround(Math.min(Math.max(quantile, 1), options.sample_max_value));
    clipped.set(
      sample.map((value) => Math.min(Math.max(value, -s), s) / s),
      start,
    );
  }
  return clipped;
}

/** torch.quantile of sorted values, interpolated linearly, in float32. */
function quantileOf(sorted: Float32Array, ratio: number): number {
  const rank = Math.fround(Math.fround(ratio) * (sorted.length - 1));
  const low = sorted[Math.floor(rank)] as number;
  const high = sorted[Math.ceil(rank)] as number;
  const weight = Math.fround(rank - Math.floor(rank));
  const gap = Math.fround(high - low);
  return Math.fround(weight < 0.5 ? low + weight * gap : high - gap * Math.fround(1 - weight));
}
