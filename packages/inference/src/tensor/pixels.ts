import type { TensorOf } from "./tensor.ts";

/**
 * Pictures of a foreign decoder, float32 [batch, channels, height, width] in [-1, 1], as bytes in the order
 * [batch, height, width, channels]: x / 2 + 0.5, clamped, times 255, rounded half to even, as diffusers does.
 */
export function toPixels({ dims, data }: TensorOf<"float32">): TensorOf<"uint8"> {
  const [batch = 0, channels = 0, height = 0, width = 0] = dims;
  const area = height * width;
  const pixels = new Uint8Array(data.length);
  for (let plane = 0; plane < batch * channels; plane++) {
    const channel = plane % channels;
    const picture = (plane - channel) * area;
    for (let i = 0; i < area; i++) {
      pixels[picture + i * channels + channel] = toByte(data[plane * area + i] as number);
    }
  }
  return { type: "uint8", dims: [batch, height, width, channels], data: pixels };
}

function toByte(value: number): number {
  const unit = Math.min(Math.max(Math.fround(value / 2 + 0.5), 0), 1);
  const scaled = Math.fround(unit * 255);
  const floor = Math.floor(scaled);
  const rest = scaled - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor;
}
