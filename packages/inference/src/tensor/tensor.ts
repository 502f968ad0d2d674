/** The typed array of each element type. float16 is kept as its bits. */
export interface TensorData {
  readonly float32: Float32Array;
  readonly float16: Uint16Array;
  readonly float64: Float64Array;
  readonly uint8: Uint8Array;
  readonly int8: Int8Array;
  readonly int32: Int32Array;
  readonly int64: BigInt64Array;
  readonly bool: Uint8Array;
}

/** Element types that cross the engine's boundary. */
export type ElementType = keyof TensorData;

/** A tensor of one element type: `dims` from the outermost, `data` in row-major order. */
export interface TensorOf<T extends ElementType> {
  readonly type: T;
  readonly dims: readonly number[];
  readonly data: TensorData[T];
}

/** A tensor of any element type. */
export type Tensor = { [T in ElementType]: TensorOf<T> }[ElementType];

/** The array class of each element type. */
export const TENSOR_ARRAYS = {
  float32: Float32Array,
  float16: Uint16Array,
  float64: Float64Array,
  uint8: Uint8Array,
  int8: Int8Array,
  int32: Int32Array,
  int64: BigInt64Array,
  bool: Uint8Array,
} as const;

/** Whether tensors of this type can cross the engine's boundary. */
export function isElementType(type: string): type is ElementType {
  return Object.hasOwn(TENSOR_ARRAYS, type);
}

/** Number of elements of a tensor of this shape; 1 for a scalar. */
export function elementCount(dims: readonly number[]): number {
  return dims.reduce((product, size) => product * size, 1);
}

/** A float32 tensor. Throws if the shape does not fit the data. */
export function float32Tensor(data: Float32Array, dims: readonly number[]): TensorOf<"float32"> {
  return assertTensor({ type: "float32", dims, data });
}

/** An int64 tensor of plain integers, such as token ids. Throws if the shape does not fit the data. */
export function int64Tensor(data: readonly (number | bigint)[], dims: readonly number[]): TensorOf<"int64"> {
  return assertTensor({ type: "int64", dims, data: BigInt64Array.from(data, BigInt) });
}

/** The tensor itself, if its array class and its length fit its type and shape; otherwise throws. */
export function assertTensor<T extends Tensor>(tensor: T): T {
  const { type, dims, data } = tensor;
  if (!(data instanceof TENSOR_ARRAYS[type])) {
    throw new Error(`A ${type} tensor needs a ${TENSOR_ARRAYS[type].name}. This is a bug.`);
  }
  if (!dims.every((size) => Number.isSafeInteger(size) && size >= 0) || elementCount(dims) !== data.length) {
    throw new Error(`A tensor [${dims.join(", ")}] cannot hold ${data.length} values. This is a bug.`);
  }
  return tensor;
}
