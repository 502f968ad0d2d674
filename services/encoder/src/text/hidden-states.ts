import type { TensorOf } from "@kinora/inference";

type Floats = TensorOf<"float32">;

/** Joins [B, L, D] tensors of one B and L on their last axis. */
export function joinWidths(parts: readonly Floats[]): Floats {
  const [first] = parts;
  if (!first) throw new Error("There is nothing to join. This is a bug.");
  if (parts.length === 1) return first;
  const widths = parts.map(({ dims }) => dims.at(-1) ?? 0);
  const width = widths.reduce((a, b) => a + b, 0);
  const rows = first.data.length / (widths[0] ?? 1);
  const data = new Float32Array(rows * width);
  let column = 0;
  for (const [index, part] of parts.entries()) {
    const own = widths[index] ?? 0;
    for (let row = 0; row < rows; row++) {
      data.set(part.data.subarray(row * own, (row + 1) * own), row * width + column);
    }
    column += own;
  }
  return { type: "float32", dims: [...first.dims.slice(0, -1), width], data };
}

/** A [B, L, D] tensor with zeros up to `width` on its last axis. */
export function padWidth(tensor: Floats, width: number): Floats {
  const missing = width - (tensor.dims.at(-1) ?? 0);
  if (missing === 0) return tensor;
  const dims = [...tensor.dims.slice(0, -1), missing];
  const zeros = new Float32Array(dims.reduce((a, b) => a * b, 1));
  return joinWidths([tensor, { type: "float32", dims, data: zeros }]);
}

/** Joins two [B, L, D] tensors of one B and D on their middle axis. */
export function joinLengths(first: Floats, second: Floats): Floats {
  const [batch = 0, firstLength = 0, width = 0] = first.dims;
  const [, secondLength = 0] = second.dims;
  const length = firstLength + secondLength;
  const data = new Float32Array(batch * length * width);
  for (let row = 0; row < batch; row++) {
    const start = row * length * width;
    data.set(rowOf(first, row).data, start);
    data.set(rowOf(second, row).data, start + firstLength * width);
  }
  return { type: "float32", dims: [batch, length, width], data };
}

/** Row `index` of a batch, as a batch of one. */
export function rowOf({ dims, data }: Floats, index: number): Floats {
  const size = data.length / (dims[0] ?? 1);
  return {
    type: "float32",
    dims: [1, ...dims.slice(1)],
    data: data.subarray(index * size, (index + 1) * size),
  };
}
