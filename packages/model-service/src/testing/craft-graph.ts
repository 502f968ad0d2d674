/** An input or output of a crafted graph. */
export interface CraftedPort {
  readonly name: string;
  /** TensorProto.DataType. */
  readonly type: number;
  readonly shape: readonly (number | string)[];
}

/** float32 in TensorProto.DataType. */
export const FLOAT = 1;
/** int64 in TensorProto.DataType. */
export const INT64 = 7;

/** The bytes of an ONNX file that declares inputs and outputs, and computes nothing. */
export function craftGraph(inputs: readonly CraftedPort[], outputs: readonly CraftedPort[]): Uint8Array {
  const graph = [
    ...field(2, text("crafted")),
    ...inputs.flatMap((port) => field(11, encodePort(port))),
    ...outputs.flatMap((port) => field(12, encodePort(port))),
  ];
  return Uint8Array.from(field(7, graph));
}

/** ValueInfoProto. */
function encodePort({ name, type, shape }: CraftedPort): number[] {
  const dimensions = shape.flatMap((size) =>
    field(1, typeof size === "number" ? number(1, size) : field(2, text(size))),
  );
  const tensor = [...number(1, type), ...field(2, dimensions)];
  return [...field(1, text(name)), ...field(2, field(1, tensor))];
}

/** A length-delimited protobuf field. */
function field(id: number, content: readonly number[]): number[] {
  return [...varint(id * 8 + 2), ...varint(content.length), ...content];
}

function number(id: number, value: number): number[] {
  return [...varint(id * 8), ...varint(value)];
}

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))];
}

function text(value: string): number[] {
  return [...new TextEncoder().encode(value)];
}
