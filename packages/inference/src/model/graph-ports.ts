import { closeSync, openSync } from "node:fs";
import { createProtobufReader, type ProtobufReader, type Span } from "./protobuf-reader.ts";

/** An input or output as a graph's file declares it. */
export interface GraphPort {
  readonly name: string;
  /** "float32", "int64" and so on; "unknown" for what is no tensor of a common type. */
  readonly type: string;
  /** Sizes, or the names of dynamic ones; undefined where the file says nothing of the shape. */
  readonly shape: readonly (number | string)[] | undefined;
}

/** What a graph takes and gives. */
export interface GraphPorts {
  readonly inputs: readonly GraphPort[];
  readonly outputs: readonly GraphPort[];
}

/** TensorProto.DataType. */
const ELEMENT_TYPES: Readonly<Record<number, string>> = {
  1: "float32",
  2: "uint8",
  3: "int8",
  6: "int32",
  7: "int64",
  9: "bool",
  10: "float16",
  11: "float64",
  16: "bfloat16",
};

/** Field numbers of onnx.proto. */
const MODEL_GRAPH = 7;
const GRAPH_INITIALIZER = 5;
const GRAPH_INPUT = 11;
const GRAPH_OUTPUT = 12;
const TENSOR_NAME = 8;

/**
 * Inputs and outputs of an ONNX file of `size` bytes, read without its weights. Old files list weights among their
 * inputs; those are left out. Throws ProtobufError when the file is no whole graph.
 */
export function readGraphPorts(path: string, size: number): GraphPorts {
  const fd = openSync(path, "r");
  try {
    const reader = createProtobufReader(fd, size);
    const [graph] = spansOf(reader, { start: 0, end: size }, MODEL_GRAPH);
    if (graph === undefined) return { inputs: [], outputs: [] };
    const ports = (field: number) => spansOf(reader, graph, field).map((span) => readPort(reader, span));
    const weights = new Set(
      spansOf(reader, graph, GRAPH_INITIALIZER).map((span) => textOf(reader, span, TENSOR_NAME)),
    );
    return {
      inputs: ports(GRAPH_INPUT).filter(({ name }) => !weights.has(name)),
      outputs: ports(GRAPH_OUTPUT),
    };
  } finally {
    closeSync(fd);
  }
}

/** ValueInfoProto: name and type; TypeProto.tensor_type: elem_type and shape. */
function readPort(reader: ProtobufReader, port: Span): GraphPort {
  const [type] = spansOf(reader, port, 2);
  const tensor = type && spansOf(reader, type, 1)[0];
  const shape = tensor && spansOf(reader, tensor, 2)[0];
  const code = tensor && [...reader.fields(tensor)].find(({ number }) => number === 1)?.value;
  return {
    name: textOf(reader, port, 1),
    type: ELEMENT_TYPES[code ?? 0] ?? "unknown",
    shape: shape && spansOf(reader, shape, 1).map((dimension) => readDimension(reader, dimension)),
  };
}

/** TensorShapeProto.Dimension: dim_value or dim_param. */
function readDimension(reader: ProtobufReader, dimension: Span): number | string {
  for (const { number, span, value } of reader.fields(dimension)) {
    if (number === 1 && value !== undefined) return value;
    if (number === 2 && span !== undefined) return reader.text(span);
  }
  return "?";
}

function spansOf(reader: ProtobufReader, message: Span, field: number): Span[] {
  return [...reader.fields(message)].flatMap(({ number, span }) =>
    number === field && span !== undefined ? [span] : [],
  );
}

function textOf(reader: ProtobufReader, message: Span, field: number): string {
  const [span] = spansOf(reader, message, field);
  return span === undefined ? "" : reader.text(span);
}
