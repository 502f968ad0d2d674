import { Tensor as OrtTensor } from "onnxruntime-node";
import { castTensor } from "../tensor/cast-tensor.ts";
import { type ElementType, isElementType, TENSOR_ARRAYS, type Tensor } from "../tensor/tensor.ts";

/** A tensor of ours as ONNX Runtime takes it, converted to the graph's declared type. */
export function toOrtTensor(tensor: Tensor, declared: ElementType): OrtTensor {
  const { type, dims, data } = castTensor(tensor, declared);
  const made = new OrtTensor(type, data as never, dims);
  return type === "float16" ? withHalfBits(made, data as Uint16Array) : made;
}

/**
 * onnxruntime-node 1.30 reads float16 inputs only from a Uint16Array, but where Node has Float16Array (24 and later)
 * the Tensor class turns its data into one, and the run fails with "not enough space: expected N, got 0"
 * (microsoft/onnxruntime#26791, fix in #32323). So the data are put back as they were given.
 */
function withHalfBits(tensor: OrtTensor, bits: Uint16Array): OrtTensor {
  (tensor as unknown as { cpuData: Uint16Array }).cpuData = bits;
  return tensor;
}

/** ONNX Runtime's tensor as ours; float16 as its bits. Throws for types that do not cross the boundary. */
export function fromOrtTensor(tensor: OrtTensor): Tensor {
  const { type, dims } = tensor;
  if (!isElementType(type)) throw new Error(`Outputs of type ${type} are not supported.`);
  const data = tensor.data as Exclude<OrtTensor["data"], string[]>;
  if (data instanceof TENSOR_ARRAYS[type]) return { type, dims, data } as Tensor;
  const view = data as ArrayBufferView<ArrayBuffer> & { length: number };
  return { type, dims, data: new TENSOR_ARRAYS[type](view.buffer, view.byteOffset, view.length) } as Tensor;
}
