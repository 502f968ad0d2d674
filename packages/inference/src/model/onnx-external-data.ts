import { closeSync, openSync } from "node:fs";
import { createProtobufReader, ProtobufError, type ProtobufReader, type Span } from "./protobuf-reader.ts";

/** Where a tensor of a graph is stored outside of it. */
export interface ExternalData {
  /** Path from the graph's folder, as the graph says it. */
  readonly location: string;
  readonly offset: number;
  /** Absent: up to the end of the file. */
  readonly length: number | undefined;
}

/** The fields of each message in onnx.proto through which a tensor can be reached. */
const MESSAGES = {
  model: { 7: "graph", 20: "training", 25: "function" },
  training: { 1: "graph", 2: "graph" },
  function: { 7: "node", 11: "attribute" },
  graph: { 1: "node", 5: "tensor", 15: "sparse" },
  node: { 5: "attribute" },
  attribute: { 5: "tensor", 6: "graph", 10: "tensor", 11: "graph", 22: "sparse", 23: "sparse" },
  sparse: { 1: "tensor", 2: "tensor" },
  tensor: { 13: "external" },
  external: {},
} as const;

type MessageName = keyof typeof MESSAGES;
type Children = Readonly<Record<number, MessageName | undefined>>;

const GRAPH_FIELD = 7;
const DEEPEST = 100;

/**
 * What a graph of `size` bytes keeps in other files: one entry per tensor, in subgraphs, attributes and functions too.
 * Reads no weights. Throws ProtobufError when the file is not an ONNX graph, for instance because it was cut short.
 */
export function readExternalData(path: string, size: number): ExternalData[] {
  const fd = openSync(path, "r");
  try {
    const reader = createProtobufReader(fd, size);
    const file = { start: 0, end: size };
    if (![...reader.fields(file)].some(({ number, span }) => number === GRAPH_FIELD && span !== undefined)) {
      throw new ProtobufError("it holds no graph");
    }
    const found: ExternalData[] = [];
    walk(reader, { name: "model", span: file, depth: 0 }, found);
    return found;
  } finally {
    closeSync(fd);
  }
}

interface Visit {
  readonly name: MessageName;
  readonly span: Span;
  readonly depth: number;
}

function walk(reader: ProtobufReader, { name, span, depth }: Visit, found: ExternalData[]): void {
  if (depth > DEEPEST) throw new ProtobufError(`messages are nested more than ${DEEPEST} deep`);
  const children: Children = MESSAGES[name];
  const entries: [string, string][] = [];
  for (const field of reader.fields(span)) {
    const child = children[field.number];
    if (child === undefined || field.span === undefined) continue;
    if (child === "external") entries.push(readEntry(reader, field.span));
    else walk(reader, { name: child, span: field.span, depth: depth + 1 }, found);
  }
  if (entries.length > 0) found.push(toExternalData(new Map(entries)));
}

/** StringStringEntryProto: key and value. */
function readEntry(reader: ProtobufReader, span: Span): [string, string] {
  let [key, value] = ["", ""];
  for (const field of reader.fields(span)) {
    if (field.span === undefined) continue;
    if (field.number === 1) key = reader.text(field.span);
    if (field.number === 2) value = reader.text(field.span);
  }
  return [key, value];
}

function toExternalData(entries: ReadonlyMap<string, string>): ExternalData {
  const length = entries.get("length");
  return {
    location: entries.get("location") ?? "",
    offset: Number(entries.get("offset") ?? 0),
    length: length === undefined ? undefined : Number(length),
  };
}
