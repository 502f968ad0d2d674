import { fromFloat16, toFloat16 } from "./float16.ts";
import type { ElementType, Tensor } from "./tensor.ts";

/**
 * The tensor as a graph's declared input type. Exports differ in their types for the same input (ids in int32 or
 * int64, timesteps in float32 or int64, everything in float16), so callers give float32 and int64 and this converts.
 * Throws for conversions that would lose values.
 */
export function castTensor(tensor: Tensor, type: ElementType): Tensor {
  if (tensor.type === type) return tensor;
  const { dims } = tensor;
  switch (`${tensor.type}>${type}` as const) {
    case "float32>float16":
      return { type: "float16", dims, data: toFloat16(tensor.data as Float32Array) };
    case "float16>float32":
      return { type: "float32", dims, data: fromFloat16(tensor.data as Uint16Array) };
    case "float32>int64":
      return {
        type: "int64",
        dims,
        data: BigInt64Array.from([...(tensor.data as Float32Array)].map(integer)),
      };
    case "int64>int32":
      return { type: "int32", dims, data: Int32Array.from(tensor.data as BigInt64Array, Number) };
    case "int64>float32":
      return { type: "float32", dims, data: Float32Array.from(tensor.data as BigInt64Array, Number) };
    default:
      throw new Error(`A ${tensor.type} tensor does not convert to ${type}. This is a bug.`);
  }
}

function integer(value: number): bigint {
  if (!Number.isInteger(value)) throw new Error(`${value} is not an int64. This is a bug.`);
  return BigInt(value);
}
