import { fromFloat16, toFloat16 } from "./float16.ts";
import type { ElementType, Tensor } from "./tensor.ts";

/**
 * The tensor as a graph's declared input type. Exports differ in their types for the same input (ids in int32 or
 * int64, timesteps in float32 or int64, everything in float16), so callers give float32 and int64 and this converts.
 * Throws for conversions that would lose values.
 */
export function castTensor(tensor: Tensor, type: ElementType): Tensor {
  if (tensor.type === type) return tensor;
  const cast = CASTS[`${tensor.type}>${type}`];
  if (cast === undefined)
    throw new Error(`A ${tensor.type} tensor does not convert to ${type}. This is a bug.`);
  return { type, dims: tensor.dims, data: cast(tensor.data as never) } as Tensor;
}

const CASTS: Readonly<Record<string, ((data: never) => Tensor["data"]) | undefined>> = {
  "float32>float16": (data: Float32Array) => toFloat16(data),
  "float16>float32": (data: Uint16Array) => fromFloat16(data),
  "float32>int64": (data: Float32Array) => BigInt64Array.from([...data], integer),
  "int64>int32": (data: BigInt64Array) => Int32Array.from(data, Number),
  "int64>float32": (data: BigInt64Array) => Float32Array.from(data, Number),
};

function integer(value: number): bigint {
  if (!Number.isInteger(value)) throw new Error(`${value} is not an int64. This is a bug.`);
  return BigInt(value);
}
