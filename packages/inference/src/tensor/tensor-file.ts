import { AppError } from "@kinora/errors";
import { assertTensor, TENSOR_ARRAYS, type Tensor, type TensorOf } from "./tensor.ts";
import { parseTensorHeader } from "./tensor-file-header.ts";

/** The element types that tensor files hold, with safetensors' names for them. */
const FILE_TYPES = { float32: "F32", float16: "F16", int64: "I64", uint8: "U8" } as const;

/** Element types that can be stored. */
export type FileElementType = keyof typeof FILE_TYPES;
/** A tensor that can be stored. */
export type FileTensor = { [T in FileElementType]: TensorOf<T> }[FileElementType];

/** The tensors of one file by name. */
export type TensorMap = Readonly<Record<string, FileTensor>>;

/**
 * The tensors as one safetensors file. The bytes depend only on names, shapes and values: tensors lie in the order
 * of their names, without gaps.
 */
export function encodeTensors(tensors: TensorMap): Uint8Array {
  const names = Object.keys(tensors).sort();
  const header = new Map<string, unknown>();
  let size = 0;
  for (const name of names) {
    const tensor = assertTensor(tensors[name] as FileTensor);
    const end = size + tensor.data.byteLength;
    header.set(name, { dtype: FILE_TYPES[tensor.type], shape: tensor.dims, data_offsets: [size, end] });
    size = end;
  }
  // Sorted again because JSON.stringify puts names that look like integers first.
  const json = `{${names.map((name) => `${JSON.stringify(name)}:${JSON.stringify(header.get(name))}`).join(",")}}`;
  return joinFile(json, { size, parts: names.map((name) => (tensors[name] as FileTensor).data) });
}

function joinFile(json: string, { size, parts }: { size: number; parts: ArrayBufferView[] }): Uint8Array {
  const text = new TextEncoder().encode(json);
  const padded = Math.ceil(text.length / 8) * 8;
  const bytes = new Uint8Array(8 + padded + size).fill(0x20, 8 + text.length, 8 + padded);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(padded), true);
  bytes.set(text, 8);
  let offset = 8 + padded;
  for (const part of parts) {
    bytes.set(new Uint8Array(part.buffer, part.byteOffset, part.byteLength), offset);
    offset += part.byteLength;
  }
  return bytes;
}

/**
 * The tensors of a safetensors file, by name, copied out of `bytes`. `what` names the file in errors.
 * Throws AppError `tensor_file_invalid` for anything that is not exactly such a file.
 */
export function decodeTensors(bytes: Uint8Array, what = "The artifact"): TensorMap {
  const { entries, dataStart } = parseTensorHeader(bytes, { what, types: FILE_NAMES });
  const tensors = Object.create(null) as Record<string, FileTensor>;
  for (const { name, type, dims, start, end } of entries) {
    // A Buffer's own slice would share memory, unaligned.
    const data = new Uint8Array(bytes.subarray(dataStart + start, dataStart + end)).buffer;
    tensors[name] = { type, dims, data: new TENSOR_ARRAYS[type](data) } as FileTensor;
  }
  return tensors;
}

const FILE_NAMES = new Map(
  Object.entries(FILE_TYPES).map(([type, name]) => [
    name as string,
    { type: type as FileElementType, size: TENSOR_ARRAYS[type as FileElementType].BYTES_PER_ELEMENT },
  ]),
);

/**
 * The tensor `name` of a decoded file, of the type and rank that the reader needs.
 * Throws AppError `tensor_file_invalid` when it is not there or differs.
 */
export function requireTensor<T extends FileElementType>(
  tensors: Readonly<Record<string, Tensor>>,
  name: string,
  { type, rank, what }: { type: T; rank: number; what: string },
): TensorOf<T> {
  const tensor = Object.hasOwn(tensors, name) ? tensors[name] : undefined;
  if (tensor === undefined)
    throw new AppError("tensor_file_invalid", { what, reason: `it has no tensor ${name}.` });
  if (tensor.type !== type || tensor.dims.length !== rank) {
    const found = `${tensor.type} of rank ${tensor.dims.length}`;
    const reason = `its tensor ${name} is ${found}, not ${type} of rank ${rank}.`;
    throw new AppError("tensor_file_invalid", { what, reason });
  }
  return tensor as TensorOf<T>;
}
