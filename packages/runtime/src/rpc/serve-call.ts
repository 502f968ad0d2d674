import { once } from "node:events";
import type { DescMessage, MessageInitShape } from "@bufbuild/protobuf";
import type { handleServerStreamingCall, handleUnaryCall, ServerWritableStream } from "@grpc/grpc-js";
import { errorMessage } from "@kinora/errors";
import { throwIfAborted } from "../timing/abort-error.ts";
import type { BoundMethod } from "./bind-service.ts";
import type { CallTable } from "./call-table.ts";
import { errorToStatus } from "./error-metadata.ts";
import { decodeRequest, encodeResponse } from "./message-bytes.ts";
import type { RpcContext } from "./rpc-context.ts";

type Unary = Extract<BoundMethod, { kind: "unary" }>;
type Streaming = Extract<BoundMethod, { kind: "server_streaming" }>;

/** How calls of one server are answered. */
export interface ServeOptions {
  readonly calls: CallTable;
  readonly maxMessageBytes: number;
}

/** The grpc-js handler of a bound method. */
export function serveMethod(bound: BoundMethod, options: ServeOptions) {
  return bound.kind === "unary" ? serveUnary(bound, options) : serveStream(bound, options);
}

function serveUnary(bound: Unary, options: ServeOptions): handleUnaryCall<Buffer, Buffer> {
  const { method, handler } = bound;
  return async (surface, callback) => {
    const { value, error } = await options.calls.run(surface, method, async ({ context }) => {
      const response = await handler(decodeRequest(method.input, surface.request), context);
      throwIfAborted(context.signal);
      return encodeResponse(method.output, response, options.maxMessageBytes);
    });
    if (error === undefined) callback(null, value);
    else callback(errorToStatus(error));
  };
}

function serveStream(bound: Streaming, options: ServeOptions): handleServerStreamingCall<Buffer, Buffer> {
  const { method, handler } = bound;
  return async (surface) => {
    const { call, error } = await options.calls.run(surface, method, async ({ context }) => {
      const responses = handler(decodeRequest(method.input, surface.request), context);
      const encode = (response: MessageInitShape<DescMessage>) =>
        encodeResponse(method.output, response, options.maxMessageBytes);
      await pump(responses, (response) => writeBytes(surface, encode(response), context.signal), context);
    });
    if (call.gone) return;
    // grpc-js sends what is queued, then an "error" as the call's status.
    if (error === undefined) surface.end();
    else surface.emit("error", errorToStatus(error));
  };
}

/**
 * Writes every response. On abort the iterator's `return` is called at once: a generator runs its
 * `finally` at its next yield, an event queue ends its wait. The promise settles after that.
 */
async function pump<T>(
  responses: AsyncIterable<T>,
  write: (response: T) => Promise<void>,
  { signal, logger }: RpcContext,
): Promise<void> {
  const iterator = responses[Symbol.asyncIterator]();
  const stop = () => {
    iterator.return?.().catch((error: unknown) => {
      logger.warn({ reason: errorMessage(error) }, "handler failed while it was being stopped");
    });
  };
  signal.addEventListener("abort", stop, { once: true });
  try {
    for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) {
      throwIfAborted(signal);
      await write(next.value);
    }
    throwIfAborted(signal);
  } finally {
    signal.removeEventListener("abort", stop);
    await iterator.return?.();
  }
}

async function writeBytes(
  surface: ServerWritableStream<Buffer, Buffer>,
  bytes: Buffer,
  signal: AbortSignal,
): Promise<void> {
  throwIfAborted(signal);
  if (!surface.write(bytes)) await once(surface, "drain", { signal });
}
