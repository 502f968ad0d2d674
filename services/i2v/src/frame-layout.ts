/** Size of a clip's latents. */
export interface ClipLayout {
  readonly channels: number;
  readonly count: number;
  /** h * w */
  readonly pixels: number;
}

/** [C, T, h, w] as the denoiser has it, to [T, C, h, w] as files have it. */
export function framesFirst(data: Float32Array, { channels, count, pixels }: ClipLayout): Float32Array {
  const result = new Float32Array(data.length);
  for (let frame = 0; frame < count; frame++) {
    for (let channel = 0; channel < channels; channel++) {
      const from = (channel * count + frame) * pixels;
      result.set(data.subarray(from, from + pixels), (frame * channels + channel) * pixels);
    }
  }
  return result;
}
