import type { DescMethod } from "@bufbuild/protobuf";
import { type ServerUnaryCall, type ServerWritableStream, status } from "@grpc/grpc-js";
import { AppError, isAbortError } from "@kinora/errors";
import type { Logger } from "../logger/create-logger.ts";
import type { RpcMetrics } from "../metrics/rpc-metrics.ts";
import { abortError } from "../timing/abort-error.ts";
import { methodPath } from "./message-bytes.ts";
import { type RpcContext, readMetadata, requestIdOf, traceIdOf } from "./rpc-context.ts";

/** What grpc-js gives a handler, for the kinds of methods that are served. */
export type ServerCall = ServerUnaryCall<Buffer, Buffer> | ServerWritableStream<Buffer, Buffer>;

/** A call from its request to its status. */
export interface OpenCall {
  readonly context: RpcContext;
  /** Aborts the context's signal. */
  abort(reason: AppError): void;
  /** Whether grpc-js has ended the call already, so that no status can be sent. */
  readonly gone: boolean;
  /** Logs and counts the end. */
  succeed(): void;
  /** Logs and counts the end, and gives the error to send. */
  fail(thrown: unknown): AppError;
}

/** What every call of one server shares. */
export interface OpenCallOptions {
  readonly logger: Logger;
  readonly metrics: RpcMetrics | undefined;
}

/** The client's own clock runs ahead by the way here, so its cancel may come before our deadline. */
const CLOCK_SLACK_MS = 20;

/** Ours, but part of ordinary work: a full server, a short deadline. */
const EXPECTED: ReadonlySet<number> = new Set([status.RESOURCE_EXHAUSTED, status.DEADLINE_EXCEEDED]);

/** Begins a call: context, abort on cancel or deadline, and the log line and metrics at its end. */
export function openCall(call: ServerCall, method: DescMethod, options: OpenCallOptions): OpenCall {
  const startedAtMs = performance.now();
  const name = methodPath(method).slice(1);
  const controller = new AbortController();
  const context = createContext(call, name, options.logger, controller.signal);
  let settled = false;
  let gone = false;
  // grpc-js reports a cancel, a passed deadline and a sent status by this one event.
  call.on("cancelled", () => {
    gone = true;
    if (!settled) controller.abort(endReason(context.deadlineMs, startedAtMs, name));
  });
  const settle = (code: string): number => {
    settled = true;
    const elapsedMs = Math.round(performance.now() - startedAtMs);
    options.metrics?.observe(name, code, elapsedMs / 1000);
    return elapsedMs;
  };
  return {
    context,
    abort: (reason) => controller.abort(reason),
    get gone() {
      return gone;
    },
    succeed() {
      context.logger.debug({ elapsedMs: settle("ok") }, "call finished");
    },
    fail(thrown) {
      const error = toAppError(thrown, controller.signal);
      logFailure(context.logger, error, { thrown, elapsedMs: settle(error.code) });
      return error;
    },
  };
}

function createContext(call: ServerCall, name: string, logger: Logger, signal: AbortSignal): RpcContext {
  const metadata = readMetadata(call.metadata);
  const requestId = requestIdOf(metadata);
  const deadlineMs = Number(call.getDeadline());
  return {
    signal,
    metadata,
    requestId,
    deadlineMs: Number.isFinite(deadlineMs) ? deadlineMs : undefined,
    logger: callLogger(logger, { name, metadata, requestId }),
  };
}

/** A logger whose lines name the call. */
export function callLogger(
  logger: Logger,
  {
    name,
    metadata,
    requestId,
  }: { readonly name: string; readonly metadata: RpcContext["metadata"]; readonly requestId: string },
): Logger {
  const traceId = traceIdOf(metadata);
  return logger.child({ requestId, rpc: name, ...(traceId === undefined ? {} : { traceId }) });
}

function endReason(deadlineMs: number | undefined, startedAtMs: number, name: string): AppError {
  if (deadlineMs === undefined || Date.now() < deadlineMs - CLOCK_SLACK_MS) return new AppError("cancelled");
  const timeoutMs = Math.round(performance.now() - startedAtMs);
  return new AppError("deadline_exceeded", { what: name, timeoutMs });
}

/** After an abort, whatever is not an AppError is only the way the handler stopped. */
function toAppError(thrown: unknown, signal: AbortSignal): AppError {
  if (thrown instanceof AppError) return thrown;
  return signal.aborted && isAbortError(thrown) ? abortError(signal) : AppError.from(thrown);
}

/** Logs how a call failed: by whose fault, so how loud. */
export function logFailure(
  logger: Logger,
  error: AppError,
  { thrown, elapsedMs }: { readonly thrown: unknown; readonly elapsedMs: number },
): void {
  const { blame, grpc } = error.row;
  const told = { elapsedMs, code: error.code, reason: error.message };
  if (blame === "caller") logger.info(told, "call refused");
  else if (EXPECTED.has(grpc)) logger.warn(told, "call not finished");
  else logger.error({ elapsedMs, code: error.code, err: thrown }, "call failed");
}
