import { once } from "node:events";
import type { DescMessage, MessageInitShape } from "@bufbuild/protobuf";
import type {
  handleServerStreamingCall,
  handleUnaryCall,
  ServerUnaryCall,
  ServerWritableStream,
  sendUnaryData,
} from "@grpc/grpc-js";
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
export function serveMethod(
  bound: BoundMethod,
  options: ServeOptions,
): handleUnaryCall<Buffer, Buffer> | handleServerStreamingCall<Buffer, Buffer> {
  if (bound.kind === "unary")
    return (surface, callback) => void answerUnary(bound, options, surface, callback);
  return (surface: ServerWritableStream<Buffer, Buffer>) => void answerStream(bound, options, surface);
}

async function answerUnary(
  { method, handler }: Unary,
  { calls, maxMessageBytes }: ServeOptions,
  surface: ServerUnaryCall<Buffer, Buffer>,
  callback: sendUnaryData<Buffer>,
): Promise<void> {
  const { value, error } = await calls.run(surface, method, async ({ context }) => {
    const response = await handler(decodeRequest(method.input, surface.request), context);
    throwIfAborted(context.signal);
    return encodeResponse(method.output, response, maxMessageBytes);
  });
  if (error === undefined) callback(null, value);
  else callback(errorToStatus(error));
}

async function answerStream(
  { method, handler }: Streaming,
  { calls, maxMessageBytes }: ServeOptions,
  surface: ServerWritableStream<Buffer, Buffer>,
): Promise<void> {
  const { call, error } = await calls.run(surface, method, async ({ context }) => {
    const responses = handler(decodeRequest(method.input, surface.request), context);
    const write = (response: MessageInitShape<DescMessage>) =>
      writeBytes(surface, encodeResponse(method.output, response, maxMessageBytes), context.signal);
    await pump(responses, write, context);
  });
  if (call.gone) return;
  // grpc-js sends what is queued, then an "error" as the call's status.
  if (error === undefined) surface.end();
  else surface.emit("error", errorToStatus(error));
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
