import {
  type MethodDefinition,
  Server,
  type ServiceDefinition,
  type UntypedServiceImplementation,
} from "@grpc/grpc-js";
import { AppError } from "@kinora/errors";
import type { Logger } from "../logger/create-logger.ts";
import type { RpcMetrics } from "../metrics/rpc-metrics.ts";
import { type Admit, admission } from "./admission.ts";
import type { BoundMethod, RpcBinding } from "./bind-service.ts";
import { CallTable } from "./call-table.ts";
import { addHealthService } from "./health-service.ts";
import { assertSafeListenAddress, formatAddress } from "./listen-address.ts";
import { DEFAULT_MAX_MESSAGE_BYTES, methodPath, passBytes } from "./message-bytes.ts";
import { addReflectionService } from "./reflection-service.ts";
import { type RpcTls, serverCredentials } from "./rpc-tls.ts";
import { serveMethod } from "./serve-call.ts";

/** How an RPC server listens and what it serves. */
export interface RpcServerOptions {
  readonly host: string;
  /** 0 picks a free port. */
  readonly port: number;
  readonly services: readonly RpcBinding[];
  readonly logger: Logger;
  /** Server-streaming calls that may run at once (no limit); more are refused as `capacity_exhausted`. */
  readonly capacity?: number | undefined;
  /** Mutual TLS. */
  readonly tls?: RpcTls | undefined;
  /** Allows plain text on an address that other machines can reach. */
  readonly insecure?: boolean | undefined;
  /** Largest message in either direction (4 MiB). */
  readonly maxMessageBytes?: number | undefined;
  /** Calls per connection (256). */
  readonly maxConcurrentStreams?: number | undefined;
  /** Age at which a connection is asked to reconnect, so that clients see new servers (10 minutes). */
  readonly maxConnectionAgeMs?: number | undefined;
  readonly metrics?: RpcMetrics | undefined;
}

/** A gRPC server with health and reflection. */
export interface RpcServer {
  /** Listens and gives the port. Health says NOT_SERVING until `setServing(true)`. */
  start(): Promise<number>;
  /** Sets the health of every service. */
  setServing(serving: boolean): void;
  /**
   * Refuses new calls as `draining`, lets those in flight end for `graceMs`, aborts the rest with
   * `draining`, and closes every connection. A second call waits for the first.
   */
  stop(graceMs: number): Promise<void>;
}

/** How long aborted calls get to run their `finally` before connections are cut. */
const ABORT_GRACE_MS = 1000;
const KEEPALIVE_TIME_MS = 30_000;
const KEEPALIVE_TIMEOUT_MS = 10_000;

/**
 * Makes a gRPC server for `services`. Throws `config_invalid` for an unsafe address or unreadable
 * TLS files; `start` throws it when the address cannot be listened on.
 */
export function createRpcServer(options: RpcServerOptions): RpcServer {
  const { host, port, logger, tls, insecure = false } = options;
  assertSafeListenAddress({ host, port, secure: tls !== undefined, insecure });
  const credentials = serverCredentials(tls);
  const calls = new CallTable({
    logger,
    metrics: options.metrics,
    capacity: options.capacity ?? Number.POSITIVE_INFINITY,
  });
  const server = new Server(serverSettings(options));
  addServices(server, options, calls);
  const health = addHealthService(
    server,
    options.services.map(({ service }) => service.typeName),
  );
  addReflectionService(
    server,
    options.services.map(({ service }) => service),
  );
  const stop = async (graceMs: number) => {
    health.setServing(false);
    calls.close();
    health.close();
    const closed = new Promise<void>((resolve) => server.tryShutdown(() => resolve()));
    if (!(await settlesWithin(calls.whenEmpty(), graceMs))) {
      calls.abortAll(new AppError("draining"));
      await settlesWithin(calls.whenEmpty(), ABORT_GRACE_MS);
    }
    if (!(await settlesWithin(closed, ABORT_GRACE_MS))) server.forceShutdown();
  };
  let stopped: Promise<void> | undefined;
  return {
    async start() {
      const address = formatAddress(host, port);
      const bound = await new Promise<number>((resolve, reject) => {
        server.bindAsync(address, credentials, (error, actual) => (error ? reject(error) : resolve(actual)));
      }).catch((error: unknown) => {
        const reason = `Cannot listen on ${address}: ${(error as Error).message}`;
        throw new AppError("config_invalid", { reason }, { cause: error });
      });
      logger.info({ host, port: bound, tls: tls !== undefined }, "rpc server listening");
      return bound;
    },
    setServing: (serving) => health.setServing(serving),
    stop: (graceMs) => {
      stopped ??= stop(graceMs);
      return stopped;
    },
  };
}

function serverSettings(options: RpcServerOptions): ConstructorParameters<typeof Server>[0] {
  const maxMessageBytes = options.maxMessageBytes ?? DEFAULT_MAX_MESSAGE_BYTES;
  return {
    "grpc.max_receive_message_length": maxMessageBytes,
    "grpc.max_send_message_length": maxMessageBytes,
    "grpc.max_concurrent_streams": options.maxConcurrentStreams ?? 256,
    "grpc.keepalive_time_ms": KEEPALIVE_TIME_MS,
    "grpc.keepalive_timeout_ms": KEEPALIVE_TIMEOUT_MS,
    "grpc.max_connection_age_ms": options.maxConnectionAgeMs ?? 600_000,
    interceptors: [admission(gatesOf(options), options.logger)],
  };
}

function gatesOf({ services }: RpcServerOptions): ReadonlyMap<string, Admit> {
  return new Map(
    services.flatMap(({ methods, admit }) =>
      admit ? methods.map(({ method }) => [methodPath(method), admit] as const) : [],
    ),
  );
}

function addServices(server: Server, options: RpcServerOptions, calls: CallTable): void {
  const maxMessageBytes = options.maxMessageBytes ?? DEFAULT_MAX_MESSAGE_BYTES;
  for (const { methods } of options.services) {
    const definition: ServiceDefinition = Object.fromEntries(
      methods.map((bound) => [bound.method.name, methodDefinition(bound)]),
    );
    const handlers: UntypedServiceImplementation = {};
    for (const bound of methods) handlers[bound.method.name] = serveMethod(bound, { calls, maxMessageBytes });
    server.addService(definition, handlers);
  }
}

function methodDefinition({ method, kind }: BoundMethod): MethodDefinition<Buffer, Buffer> {
  return {
    path: methodPath(method),
    requestStream: false,
    responseStream: kind === "server_streaming",
    requestSerialize: passBytes,
    requestDeserialize: passBytes,
    responseSerialize: passBytes,
    responseDeserialize: passBytes,
  };
}

async function settlesWithin(promise: Promise<void>, timeoutMs: number): Promise<boolean> {
  const late = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => late.resolve(false), timeoutMs);
  try {
    return await Promise.race([promise.then(() => true), late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
