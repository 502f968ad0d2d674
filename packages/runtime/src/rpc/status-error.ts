import { type ServiceError, status } from "@grpc/grpc-js";
import { AppError } from "@kinora/errors";
import { abortError } from "../timing/abort-error.ts";
import { errorFromMetadata } from "./error-metadata.ts";

/** What the client knew when a call failed. */
export interface FailedCall {
  /** Full method name with the address it was sent to. */
  readonly what: string;
  readonly timeoutMs: number | undefined;
  readonly signal: AbortSignal | undefined;
}

/**
 * Turns the failure of a grpc-js call into an AppError: the caller's own abort first, then the
 * AppError in the trailers, then the meaning of a bare gRPC status.
 */
export function statusToError(error: unknown, call: FailedCall): AppError {
  if (call.signal?.aborted) return abortError(call.signal);
  if (error instanceof AppError) return error;
  if (!isServiceError(error)) return AppError.from(error);
  return errorFromMetadata(error.metadata, error) ?? bareStatusError(error, call);
}

function bareStatusError(error: ServiceError, call: FailedCall): AppError {
  return (BARE_STATUS.get(error.code) ?? internal)(error, call);
}

type Translate = (error: ServiceError, call: FailedCall) => AppError;

const internal: Translate = (cause) => new AppError("internal", {}, { cause });

const unreachable: Translate = (cause, { what }) =>
  new AppError("unavailable", { what, reason: cause.details }, { cause });

const BARE_STATUS: ReadonlyMap<number, Translate> = new Map<number, Translate>([
  [status.UNAVAILABLE, unreachable],
  [status.CANCELLED, cancelledError],
  [status.DEADLINE_EXCEEDED, deadlineError],
  [status.RESOURCE_EXHAUSTED, exhaustedError],
  [status.INTERNAL, internalError],
]);

/** "Call cancelled" is how grpc-js tells of a stream that the other end reset; nobody asked for that. */
function cancelledError(cause: ServiceError, call: FailedCall): AppError {
  return cause.details === "Call cancelled"
    ? unreachable(cause, call)
    : new AppError("cancelled", {}, { cause });
}

function deadlineError(cause: ServiceError, { what, timeoutMs }: FailedCall): AppError {
  return new AppError("deadline_exceeded", { what, timeoutMs: timeoutMs ?? "the allowed" }, { cause });
}

/** Numbers that a bare status does not tell, as words of the message. */
const ALL_PLACES = { running: "all", capacity: "its" };

/** One status for a full server and for a message over the limit; only the first is worth a retry. */
function exhaustedError(cause: ServiceError, { what }: FailedCall): AppError {
  const limit = /message .*larger than .*?(\d+)\)?$/.exec(cause.details)?.[1];
  if (limit === undefined)
    return new AppError("capacity_exhausted", { service: what, ...ALL_PLACES }, { cause });
  return new AppError(
    "payload_too_large",
    { what: `A message of ${what}`, limit: `${limit} bytes` },
    { cause },
  );
}

/** A process that died in mid-stream may look like a stream error of HTTP/2. */
function internalError(cause: ServiceError, call: FailedCall): AppError {
  return cause.details.startsWith("Received RST_STREAM") ? unreachable(cause, call) : internal(cause, call);
}

function isServiceError(error: unknown): error is ServiceError {
  return error instanceof Error && "code" in error && "details" in error && "metadata" in error;
}
