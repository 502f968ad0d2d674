import { createFileWindow } from "./file-window.ts";

/** A field of a protobuf message: where its content lies in the file. */
interface ProtobufField {
  readonly number: number;
  /** Content of a length-delimited field; undefined for numbers. */
  readonly span: Span | undefined;
  /** Value of a varint field. */
  readonly value?: number;
}

/** A stretch of a file, in bytes. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** The bytes are not a protobuf message. */
export class ProtobufError extends Error {
  override readonly name = "ProtobufError";
}

/** Walks over protobuf messages in a file without reading the contents that nobody asks for. */
export interface ProtobufReader {
  /** The fields of the message in `span`. Throws ProtobufError if they do not fill it exactly. */
  fields(span: Span): Generator<ProtobufField>;
  /** The UTF-8 text in `span`. */
  text(span: Span): string;
}

const LONGEST_TEXT_BYTES = 1 << 16;

/** Creates a reader over an open file of `size` bytes. */
export function createProtobufReader(fd: number, size: number): ProtobufReader {
  const window = createFileWindow(fd, size);

  function byteAt(position: number): number {
    const byte = window(position);
    if (byte === undefined) throw new ProtobufError(`it ends at byte ${position}`);
    return byte;
  }

  /** Value and end; values past 2^53 are not exact, which matters to nobody here. */
  function varint(position: number, end: number): { value: number; next: number } {
    let value = 0;
    for (let i = 0; i < 10 && position + i < end; i++) {
      const byte = byteAt(position + i);
      value += (byte & 0x7f) * 2 ** (7 * i);
      if (byte < 0x80) return { value, next: position + i + 1 };
    }
    throw new ProtobufError(`byte ${position} begins no number`);
  }

  function field(position: number, end: number): ProtobufField & { next: number } {
    const { value: tag, next } = varint(position, end);
    const number = Math.floor(tag / 8);
    if (number === 0) throw new ProtobufError(`byte ${position} begins no field`);
    const wireType = tag % 8;
    if (wireType === 0) return { number, span: undefined, ...varint(next, end) };
    if (wireType === 1 || wireType === 5) {
      return { number, span: undefined, next: within(next + (wireType === 1 ? 8 : 4), end) };
    }
    if (wireType !== 2) throw new ProtobufError(`byte ${position} has wire type ${wireType}`);
    const length = varint(next, end);
    const span = { start: length.next, end: within(length.next + length.value, end) };
    return { number, span, next: span.end };
  }

  return {
    *fields({ start, end }) {
      for (let position = start; position < end; ) {
        const { next, ...found } = field(position, end);
        yield found;
        position = next;
      }
    },
    text({ start, end }) {
      if (end - start > LONGEST_TEXT_BYTES) throw new ProtobufError(`the text at byte ${start} is too long`);
      return Buffer.from(Array.from({ length: end - start }, (_, i) => byteAt(start + i))).toString("utf8");
    },
  };
}

function within(position: number, end: number): number {
  if (position > end) throw new ProtobufError(`a field reaches to byte ${position}, past the end at ${end}`);
  return position;
}
