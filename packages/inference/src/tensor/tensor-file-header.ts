import { AppError, errorMessage } from "@kinora/errors";

/** One tensor of a file's header; offsets count from the end of the header. */
export interface TensorEntry<T> {
  readonly name: string;
  readonly type: T;
  readonly dims: readonly number[];
  readonly start: number;
  readonly end: number;
}

/** A dtype that the file may hold, and its bytes for each element. */
interface FileType<T> {
  readonly type: T;
  readonly size: number;
}

interface ParseOptions<T> {
  readonly what: string;
  readonly types: ReadonlyMap<string, FileType<T>>;
}

/** safetensors' own limit. */
const LARGEST_HEADER_BYTES = 100_000_000;

/** Parses and checks the header of a safetensors file: every byte after it belongs to exactly one tensor. */
export function parseTensorHeader<T>(
  bytes: Uint8Array,
  options: ParseOptions<T>,
): { entries: TensorEntry<T>[]; dataStart: number } {
  const refuse = (reason: string): never => {
    throw new AppError("tensor_file_invalid", { what: options.what, reason });
  };
  const dataStart = readDataStart(bytes, refuse);
  const header = parseJson(bytes.subarray(8, dataStart), refuse);
  const entries = Object.entries(header)
    .filter(([name]) => name !== "__metadata__")
    .map(([name, value]) => parseEntry(name, value, { types: options.types, refuse }));
  assertCovered(entries, bytes.length - dataStart, refuse);
  return { entries, dataStart };
}

type Refuse = (reason: string) => never;

function readDataStart(bytes: Uint8Array, refuse: Refuse): number {
  if (bytes.length < 8) return refuse(`it has ${bytes.length} bytes; the header's length alone takes 8.`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = Number(view.getBigUint64(0, true));
  if (length > LARGEST_HEADER_BYTES || 8 + length > bytes.length) {
    return refuse(`its header would have ${length} bytes, but the file has ${bytes.length}.`);
  }
  return 8 + length;
}

function parseJson(bytes: Uint8Array, refuse: Refuse): Record<string, unknown> {
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    return refuse(`its header is not JSON: ${errorMessage(error)}.`);
  }
  return isRecord(header) ? header : refuse("its header is not a JSON object.");
}

function parseEntry<T>(
  name: string,
  value: unknown,
  { types, refuse }: { types: ReadonlyMap<string, FileType<T>>; refuse: Refuse },
): TensorEntry<T> {
  if (!isRecord(value)) return refuse(`its tensor ${name} is not described by an object.`);
  const { dtype, shape: dims, data_offsets: offsets } = value as Record<string, unknown>;
  const fileType = typeof dtype === "string" ? types.get(dtype) : undefined;
  if (fileType === undefined) {
    return refuse(
      `its tensor ${name} has dtype ${JSON.stringify(dtype)}, not ${[...types.keys()].join(", ")}.`,
    );
  }
  if (!isSizes(dims)) return refuse(`its tensor ${name} has shape ${JSON.stringify(dims)}.`);
  if (!isSizes(offsets) || offsets.length !== 2) {
    return refuse(`its tensor ${name} has data_offsets ${JSON.stringify(offsets)}.`);
  }
  const [start, end] = offsets as [number, number];
  const expected = dims.reduce((product, size) => product * size, fileType.size);
  if (end - start !== expected) {
    return refuse(
      `its tensor ${name} has ${end - start} bytes; ${String(dtype)} [${dims.join(", ")}] takes ${expected}.`,
    );
  }
  return { name, type: fileType.type, dims, start, end };
}

function assertCovered(entries: readonly TensorEntry<unknown>[], size: number, refuse: Refuse): void {
  let covered = 0;
  for (const { name, start, end } of entries.toSorted((a, b) => a.start - b.start || a.end - b.end)) {
    if (start !== covered) refuse(`its tensor ${name} starts at byte ${start} of the data, not ${covered}.`);
    covered = end;
  }
  if (covered !== size) refuse(`its tensors take ${covered} bytes, but ${size} follow the header.`);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}
