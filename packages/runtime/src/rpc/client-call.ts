import { randomUUID } from "node:crypto";
import {
  type DescMessage,
  type DescMethod,
  fromBinary,
  type Message,
  type MessageInitShape,
} from "@bufbuild/protobuf";
import { Metadata, type CallOptions as WireOptions } from "@grpc/grpc-js";
import type { AppError } from "@kinora/errors";
import type { Logger } from "../logger/create-logger.ts";
import { throwIfAborted } from "../timing/abort-error.ts";
import type { Endpoint, Endpoints } from "./endpoints.ts";
import { encodeMessage, methodPath, passBytes } from "./message-bytes.ts";
import { statusToError } from "./status-error.ts";

/** Options of one call. */
export interface CallOptions {
  /** Cancels the call; it then throws the signal's AppError, or `cancelled`. */
  readonly signal?: AbortSignal | undefined;
  /** Deadline from the call's start, all endpoints together; none without it. */
  readonly timeoutMs?: number | undefined;
  /** Text metadata; `x-request-id` is made up when it is absent. */
  readonly metadata?: Readonly<Record<string, string>> | undefined;
}

/** What every method of a client shares. */
export interface RpcTarget {
  readonly endpoints: Endpoints;
  readonly logger: Logger | undefined;
}

/** One call, whichever endpoint it is sent to. */
interface PreparedCall {
  readonly path: string;
  readonly bytes: Buffer;
  readonly metadata: Metadata;
  readonly wire: WireOptions;
  readonly options: CallOptions;
}

/**
 * A grpc-js server counts the deadline in 32 bits of milliseconds (24.8 days), after the wire has
 * rounded it up to whole hours; a longer one would be over at once.
 */
const MAX_TIMEOUT_MS = 20 * 24 * 3_600_000;

/** Makes a unary call; a busy or unreachable endpoint is passed over while there is another. */
export async function callUnary(
  target: RpcTarget,
  method: DescMethod,
  request: MessageInitShape<DescMessage>,
  options: CallOptions,
): Promise<Message> {
  throwIfAborted(options.signal);
  const call = prepareCall(method, request, options);
  const endpoints = target.endpoints.inTurn();
  for (const [index, endpoint] of endpoints.entries()) {
    try {
      return fromBinary(method.output, await sendUnary(endpoint, call));
    } catch (thrown) {
      const error = callError(thrown, endpoint, call);
      if (!isWorthAnotherEndpoint(error) || index === endpoints.length - 1) throw error;
      logPassedOver(target, endpoint, call, error);
    }
  }
  throw new Error("A client without endpoints was called. This is a bug.");
}

/** Makes a server-streaming call; endpoints are passed over only before the first message. */
export async function* callStream(
  target: RpcTarget,
  method: DescMethod,
  request: MessageInitShape<DescMessage>,
  options: CallOptions,
): AsyncGenerator<Message, void> {
  throwIfAborted(options.signal);
  const call = prepareCall(method, request, options);
  const endpoints = target.endpoints.inTurn();
  for (const [index, endpoint] of endpoints.entries()) {
    let begun = false;
    try {
      for await (const bytes of sendStream(endpoint, call)) {
        begun = true;
        yield fromBinary(method.output, bytes);
      }
      return;
    } catch (thrown) {
      const error = callError(thrown, endpoint, call);
      if (begun || !isWorthAnotherEndpoint(error) || index === endpoints.length - 1) throw error;
      logPassedOver(target, endpoint, call, error);
    }
  }
}

function sendUnary({ client }: Endpoint, call: PreparedCall): Promise<Buffer> {
  const { signal } = call.options;
  return new Promise<Buffer>((resolve, reject) => {
    const cancel = () => wireCall.cancel();
    const wireCall = client.makeUnaryRequest(
      call.path,
      passBytes,
      passBytes,
      call.bytes,
      call.metadata,
      call.wire,
      (error, response) => {
        signal?.removeEventListener("abort", cancel);
        if (error !== null || response === undefined) reject(error);
        else resolve(response);
      },
    );
    signal?.addEventListener("abort", cancel, { once: true });
  });
}

async function* sendStream({ client }: Endpoint, call: PreparedCall): AsyncGenerator<Buffer, void> {
  const { signal } = call.options;
  const { path, bytes, metadata, wire } = call;
  const wireCall = client.makeServerStreamRequest(path, passBytes, passBytes, bytes, metadata, wire);
  // The status of a cancelled call arrives when nobody reads any more; it must not be uncaught.
  wireCall.on("error", () => undefined);
  const cancel = () => wireCall.cancel();
  signal?.addEventListener("abort", cancel, { once: true });
  try {
    for await (const message of wireCall) {
      throwIfAborted(signal);
      yield message as Buffer;
    }
    throwIfAborted(signal);
  } finally {
    signal?.removeEventListener("abort", cancel);
    wireCall.cancel();
  }
}

function prepareCall(
  method: DescMethod,
  request: MessageInitShape<DescMessage>,
  options: CallOptions,
): PreparedCall {
  const metadata = new Metadata();
  metadata.set("x-request-id", randomUUID());
  for (const [name, value] of Object.entries(options.metadata ?? {})) metadata.set(name, value);
  const { timeoutMs } = options;
  const wire = timeoutMs === undefined ? {} : { deadline: Date.now() + Math.min(timeoutMs, MAX_TIMEOUT_MS) };
  return { path: methodPath(method), bytes: encodeMessage(method.input, request), metadata, wire, options };
}

function callError(thrown: unknown, endpoint: Endpoint, call: PreparedCall): AppError {
  const { timeoutMs, signal } = call.options;
  return statusToError(thrown, { what: `${call.path.slice(1)} at ${endpoint.address}`, timeoutMs, signal });
}

function isWorthAnotherEndpoint({ code }: AppError): boolean {
  return code === "capacity_exhausted" || code === "unavailable" || code === "draining";
}

function logPassedOver(target: RpcTarget, endpoint: Endpoint, call: PreparedCall, error: AppError): void {
  const { address } = endpoint;
  target.logger?.debug({ rpc: call.path.slice(1), address, code: error.code }, "trying the next endpoint");
}
