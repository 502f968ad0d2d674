import { AppError } from "@kinora/errors";

/** Frames of a safetensors file as services write them: one float32 tensor `latents` [T, C, h, w]. */
export interface ClipLatents {
  /** T */
  readonly count: number;
  /** [C, h, w] */
  readonly size: readonly number[];
  /** T x C x h x w float32, little-endian. */
  readonly data: Uint8Array;
}

interface Header {
  readonly latents?: {
    readonly dtype: string;
    readonly shape: readonly number[];
    readonly data_offsets: readonly [number, number];
  };
}

const LENGTH_BYTES = 8;
/** The format aligns the data to 8 bytes by blanks after the header. */
const ALIGNMENT = 8;

/** Reads the frames of a safetensors file. Throws `tensor_file_invalid` for any other. */
export function parseClipLatents(bytes: Uint8Array): ClipLatents {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { latents } = readHeader(buffer);
  if (latents?.dtype !== "F32" || latents.shape.length !== 4) {
    throw invalid("it has no float32 tensor latents [T, C, h, w].");
  }
  const [count = 0, ...size] = latents.shape;
  const start = LENGTH_BYTES + headerLength(buffer);
  const [from, to] = latents.data_offsets;
  const data = bytes.subarray(start + from, start + to);
  if (data.byteLength !== 4 * count * size.reduce((product, side) => product * side, 1)) {
    throw invalid(`latents [${latents.shape.join(", ")}] has ${data.byteLength} bytes.`);
  }
  return { count, size, data };
}

/** Writes frames as services read them. */
export function formatClipLatents({ count, size, data }: ClipLatents): Uint8Array {
  const latents = { dtype: "F32", shape: [count, ...size], data_offsets: [0, data.byteLength] };
  const text = JSON.stringify({ latents });
  const header = text.padEnd(Math.ceil(text.length / ALIGNMENT) * ALIGNMENT);
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([length, Buffer.from(header), data]);
}

/** The frames at these indices, in this order. Throws a bug for an index that is not there. */
export function selectFrames({ count, size, data }: ClipLatents, indices: readonly number[]): ClipLatents {
  const bytes = data.byteLength / count;
  const chosen = indices.map((index) => {
    if (!Number.isSafeInteger(index) || index < 0 || index >= count) {
      throw new Error(`Frame ${index} of ${count} was asked for. This is a bug.`);
    }
    return data.subarray(index * bytes, (index + 1) * bytes);
  });
  return { count: indices.length, size, data: Buffer.concat(chosen) };
}

/** Several clips one after another. Throws a bug for frames of different sizes. */
export function joinClips(clips: readonly ClipLatents[]): ClipLatents {
  const [first] = clips;
  if (!first || clips.some(({ size }) => size.join() !== first.size.join())) {
    throw new Error("Clips of different sizes, or none, were to be joined. This is a bug.");
  }
  const count = clips.reduce((sum, clip) => sum + clip.count, 0);
  return { count, size: first.size, data: Buffer.concat(clips.map(({ data }) => data)) };
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
