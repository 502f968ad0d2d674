import { castTensor, requireTensor, type Tensor, type TensorOf } from "@kinora/inference";

/**
 * The output `name` of a graph as float32, whether the graph gives float32 or float16.
 * Throws `tensor_file_invalid` naming `what` when it is not there or has another rank.
 */
export function readFloats(
  outputs: Readonly<Record<string, Tensor>>,
  name: string,
  { rank, what }: { readonly rank: number; readonly what: string },
): TensorOf<"float32"> {
  const half = outputs[name]?.type === "float16";
  const floats = half ? { ...outputs, [name]: castTensor(outputs[name] as Tensor, "float32") } : outputs;
  return requireTensor(floats, name, { type: "float32", rank, what });
}
