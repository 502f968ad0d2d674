import type {
  DescMessage,
  DescMethod,
  DescMethodServerStreaming,
  DescMethodUnary,
  DescService,
  MessageInitShape,
  MessageShape,
} from "@bufbuild/protobuf";
import type { Admit } from "./admission.ts";
import type { RpcContext } from "./rpc-context.ts";

/** Answers one request with one message. */
export type UnaryHandler<I extends DescMessage, O extends DescMessage> = (
  request: MessageShape<I>,
  context: RpcContext,
) => Promise<MessageInitShape<O>>;

/** Answers one request with a stream; an async generator, whose `finally` runs however the call ends. */
export type StreamHandler<I extends DescMessage, O extends DescMessage> = (
  request: MessageShape<I>,
  context: RpcContext,
) => AsyncIterable<MessageInitShape<O>>;

/** One handler per method of a service, by the method's name in camelCase. */
export type RpcHandlers<S extends DescService> = {
  readonly [K in keyof S["method"]]: S["method"][K] extends DescMethodUnary<infer I, infer O>
    ? UnaryHandler<I, O>
    : S["method"][K] extends DescMethodServerStreaming<infer I, infer O>
      ? StreamHandler<I, O>
      : never;
};

/** A method with its handler, types erased. */
export type BoundMethod =
  | {
      readonly kind: "unary";
      readonly method: DescMethod;
      readonly handler: UnaryHandler<DescMessage, DescMessage>;
    }
  | {
      readonly kind: "server_streaming";
      readonly method: DescMethod;
      readonly handler: StreamHandler<DescMessage, DescMessage>;
    };

/** A service with its handlers, ready for `createRpcServer`. */
export interface RpcBinding {
  readonly service: DescService;
  readonly methods: readonly BoundMethod[];
  /** Asked before a call's message is read; undefined: everybody may call. */
  readonly admit?: Admit | undefined;
}

/** Joins a service of the contracts with the functions that answer it. */
export function bindService<S extends DescService>(
  service: S,
  handlers: RpcHandlers<S>,
  { admit }: { readonly admit?: Admit } = {},
): RpcBinding {
  const byName = handlers as Readonly<Record<string, unknown>>;
  const methods = service.methods.map((method) => bindMethod(method, byName[method.localName]));
  return { service, methods, admit };
}

function bindMethod(method: DescMethod, handler: unknown): BoundMethod {
  if (typeof handler !== "function") throw new Error(`${method.toString()} has no handler. This is a bug.`);
  const { methodKind: kind } = method;
  switch (kind) {
    case "unary":
      return { kind, method, handler: handler as UnaryHandler<DescMessage, DescMessage> };
    case "server_streaming":
      return { kind, method, handler: handler as StreamHandler<DescMessage, DescMessage> };
    case "client_streaming":
    case "bidi_streaming":
      throw new Error(
        `${method.toString()} streams requests, which this runtime does not serve. This is a bug.`,
      );
  }
}
