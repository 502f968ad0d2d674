import type {
  DescMessage,
  DescMethod,
  DescMethodServerStreaming,
  DescMethodUnary,
  DescService,
  MessageInitShape,
  MessageShape,
} from "@bufbuild/protobuf";
import type { Logger } from "../logger/create-logger.ts";
import { type CallOptions, callStream, callUnary, type RpcTarget } from "./client-call.ts";
import { createEndpoints } from "./endpoints.ts";
import { DEFAULT_MAX_MESSAGE_BYTES } from "./message-bytes.ts";
import type { RpcTls } from "./rpc-tls.ts";

/** Where a client calls. */
export interface RpcClientOptions {
  /**
   * `host:port`, a `dns:///name:port` with several servers behind it (round robin), a list of
   * either, or a list in one string separated by commas. A call that meets a busy, draining or
   * unreachable server before its first response goes on to the next: each listed address once,
   * each `dns:` name three times.
   */
  readonly address: string | readonly string[];
  /** Mutual TLS. */
  readonly tls?: RpcTls | undefined;
  readonly logger?: Logger | undefined;
  /** Largest message in either direction (4 MiB). */
  readonly maxMessageBytes?: number | undefined;
}

/**
 * A typed client. Methods take `(request, CallOptions)`; unary ones give a promise, streaming ones
 * an iterable that starts its call when it is iterated. Both throw AppError.
 */
export type RpcClient<S extends DescService> = {
  readonly [K in keyof S["method"]]: S["method"][K] extends DescMethodUnary<infer I, infer O>
    ? (request: MessageInitShape<I>, options?: CallOptions) => Promise<MessageShape<O>>
    : S["method"][K] extends DescMethodServerStreaming<infer I, infer O>
      ? (request: MessageInitShape<I>, options?: CallOptions) => AsyncGenerator<MessageShape<O>, void>
      : never;
} & {
  /** Closes the connections; calls in flight end as `unavailable` or `cancelled`. */
  close(): void;
};

/** Makes a client of `service`. Connections are opened by the first call. */
export function createRpcClient<S extends DescService>(service: S, options: RpcClientOptions): RpcClient<S> {
  const endpoints = createEndpoints({
    addresses: parseAddresses(options.address),
    tls: options.tls,
    maxMessageBytes: options.maxMessageBytes ?? DEFAULT_MAX_MESSAGE_BYTES,
  });
  const target: RpcTarget = { endpoints, logger: options.logger };
  const methods = service.methods.map((method) => [method.localName, clientMethod(target, method)]);
  return { ...Object.fromEntries(methods), close: () => endpoints.close() } as RpcClient<S>;
}

function clientMethod(target: RpcTarget, method: DescMethod) {
  switch (method.methodKind) {
    case "unary":
      return (request: MessageInitShape<DescMessage>, options: CallOptions = {}) =>
        callUnary(target, method, request, options);
    case "server_streaming":
      return (request: MessageInitShape<DescMessage>, options: CallOptions = {}) =>
        callStream(target, method, request, options);
    case "client_streaming":
    case "bidi_streaming":
      throw new Error(
        `${method.toString()} streams requests, which this runtime does not call. This is a bug.`,
      );
  }
}

function parseAddresses(address: string | readonly string[]): string[] {
  const list = typeof address === "string" ? address.split(",") : address;
  const addresses = list.map((entry) => entry.trim()).filter((entry) => entry !== "");
  if (addresses.length === 0) throw new Error("A client needs at least one address. This is a bug.");
  return addresses;
}
