import {
  create,
  type DescMessage,
  type DescMethod,
  fromBinary,
  type MessageInitShape,
  type MessageShape,
  toBinary,
} from "@bufbuild/protobuf";
import { AppError } from "@kinora/errors";

/** Largest message in either direction unless an option says otherwise. */
export const DEFAULT_MAX_MESSAGE_BYTES = 4 * 1024 * 1024;

/** Passes bytes through grpc-js unchanged; messages are coded by the functions of this file. */
export const passBytes = (bytes: Buffer): Buffer => bytes;

/** The path under which gRPC knows a method. */
export function methodPath(method: DescMethod): string {
  return `/${method.parent.typeName}/${method.name}`;
}

/** Encodes a message or its initialiser. */
export function encodeMessage<D extends DescMessage>(schema: D, init: MessageInitShape<D>): Buffer {
  const bytes = toBinary(schema, create(schema, init));
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Decodes a request. Throws `invalid_request` for bytes that are not this message. */
export function decodeRequest<D extends DescMessage>(schema: D, bytes: Uint8Array): MessageShape<D> {
  try {
    return fromBinary(schema, bytes);
  } catch (error) {
    const reason = `The request is not a valid ${schema.typeName}.`;
    throw new AppError("invalid_request", { reason }, { cause: error });
  }
}

/** Encodes a response; one over the limit is a bug, since blobs travel through the object store. */
export function encodeResponse<D extends DescMessage>(
  schema: D,
  init: MessageInitShape<D>,
  maxBytes: number,
): Buffer {
  const bytes = encodeMessage(schema, init);
  if (bytes.length <= maxBytes) return bytes;
  throw new Error(
    `${schema.typeName} of ${bytes.length} bytes is over the limit of ${maxBytes}. This is a bug.`,
  );
}
