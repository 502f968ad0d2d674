import { AppError } from "@kinora/errors";

/** Frames of a safetensors file as services write them: float32 `latents` [T, C, h, w], after edits also `before`. */
export interface ClipLatents {
  /** T */
  readonly count: number;
  /** [C, h, w] */
  readonly size: readonly number[];
  /** T x C x h x w float32, little-endian. */
  readonly data: Uint8Array;
  /** The same of the frames from which each edit began, oldest first: `before` [L, T, C, h, w]. */
  readonly before: readonly Uint8Array[];
}

interface TensorEntry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

interface Header {
  readonly latents?: TensorEntry;
  readonly before?: TensorEntry;
}

const LENGTH_BYTES = 8;
/** The format aligns the data to 8 bytes by blanks after the header. */
const ALIGNMENT = 8;

/** Reads the frames of a safetensors file. Throws `tensor_file_invalid` for any other. */
export function parseClipLatents(bytes: Uint8Array): ClipLatents {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { latents, before } = readHeader(buffer);
  if (latents?.dtype !== "F32" || latents.shape.length !== 4) {
    throw invalid("it has no float32 tensor latents [T, C, h, w].");
  }
  const [count = 0, ...size] = latents.shape;
  const content = bytes.subarray(LENGTH_BYTES + headerLength(buffer));
  const data = bytesOf("latents", latents, content);
  if (before === undefined) return { count, size, data, before: [] };
  const [edits = 0, ...shape] = before.shape;
  if (before.dtype !== "F32" || shape.join() !== latents.shape.join()) {
    throw invalid(`before [${before.shape.join(", ")}] does not fit latents [${latents.shape.join(", ")}].`);
  }
  const all = bytesOf("before", before, content);
  const length = data.byteLength;
  const states = Array.from({ length: edits }, (_, i) => all.subarray(i * length, (i + 1) * length));
  return { count, size, data, before: states };
}

/** Writes frames as services read them. */
export function formatClipLatents({ count, size, data, before }: ClipLatents): Uint8Array {
  const shape = [count, ...size];
  const latents = { dtype: "F32", shape, data_offsets: [0, data.byteLength] };
  const offsets = [data.byteLength, (1 + before.length) * data.byteLength];
  const edits = { dtype: "F32", shape: [before.length, ...shape], data_offsets: offsets };
  const text = JSON.stringify(before.length === 0 ? { latents } : { latents, before: edits });
  const header = text.padEnd(Math.ceil(text.length / ALIGNMENT) * ALIGNMENT);
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([length, Buffer.from(header), data, ...before]);
}

/** The frames at these indices, in this order, in all their states. Throws a bug for an index that is not there. */
export function selectFrames(
  { count, size, data, before }: ClipLatents,
  indices: readonly number[],
): ClipLatents {
  const bytes = data.byteLength / count;
  const choose = (all: Uint8Array) =>
    Buffer.concat(indices.map((index) => all.subarray(index * bytes, (index + 1) * bytes)));
  const absent = indices.find((index) => !Number.isSafeInteger(index) || index < 0 || index >= count);
  if (absent !== undefined) throw new Error(`Frame ${absent} of ${count} was asked for. This is a bug.`);
  return { count: indices.length, size, data: choose(data), before: before.map(choose) };
}

/** A clip as it was before each of its edits and after the last, oldest first. */
export function statesOf({ before, data, ...shape }: ClipLatents): ClipLatents[] {
  return [...before, data].map((state) => ({ ...shape, data: state, before: [] }));
}

/** The clip of those states, which may have states of their own. Throws a bug for different sizes, or none. */
export function stackStates(states: readonly ClipLatents[]): ClipLatents {
  const last = assertSameSize(states, ({ count, size }) => [count, ...size]).at(-1) as ClipLatents;
  const all = states.flatMap(statesOf).map(({ data }) => data);
  return { ...last, before: all.slice(0, -1) };
}

/** Several clips, none of them edited, one after another. Throws a bug for frames of different sizes. */
export function joinClips(clips: readonly ClipLatents[]): ClipLatents {
  const [first] = assertSameSize(clips, ({ size }) => size);
  const count = clips.reduce((sum, clip) => sum + clip.count, 0);
  return { count, size: first.size, data: Buffer.concat(clips.map(({ data }) => data)), before: [] };
}

/** A clip and the frames that come after it, which no edit changed: they were the same in each of its states. */
export function appendClip(clip: ClipLatents, added: ClipLatents): ClipLatents {
  return stackStates(statesOf(clip).map((state) => joinClips([state, added])));
}

function assertSameSize(
  clips: readonly ClipLatents[],
  sizeOf: (clip: ClipLatents) => readonly number[],
): readonly [ClipLatents, ...ClipLatents[]] {
  const [first, ...others] = clips;
  if (first && others.every((clip) => sizeOf(clip).join() === sizeOf(first).join()))
    return [first, ...others];
  throw new Error("Clips of different sizes, or none, were to be put together. This is a bug.");
}

function bytesOf(name: string, { shape, data_offsets: [from, to] }: TensorEntry, content: Uint8Array) {
  const data = content.subarray(from, to);
  if (data.byteLength === 4 * shape.reduce((product, side) => product * side, 1)) return data;
  throw invalid(`${name} [${shape.join(", ")}] has ${data.byteLength} bytes.`);
}

function readHeader(buffer: Buffer): Header {
  try {
    return JSON.parse(buffer.toString("utf8", LENGTH_BYTES, LENGTH_BYTES + headerLength(buffer))) as Header;
  } catch (cause) {
    throw invalid("its header is not JSON.", cause);
  }
}

function headerLength(buffer: Buffer): number {
  if (buffer.byteLength < LENGTH_BYTES) throw invalid("it is too short.");
  const length = Number(buffer.readBigUInt64LE(0));
  if (length > buffer.byteLength - LENGTH_BYTES) throw invalid("its header is longer than the file.");
  return length;
}

function invalid(reason: string, cause?: unknown): AppError {
  return new AppError("tensor_file_invalid", { what: "A clip's latents", reason }, { cause });
}
