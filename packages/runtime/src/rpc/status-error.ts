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
  const options = { cause: error };
  const unreachable = () => new AppError("unavailable", { what: call.what, reason: error.details }, options);
  switch (error.code) {
    case status.UNAVAILABLE:
      return unreachable();
    case status.CANCELLED:
      // grpc-js's words for a stream that the other end reset; nobody asked for a cancel.
      return error.details === "Call cancelled" ? unreachable() : new AppError("cancelled", {}, options);
    case status.DEADLINE_EXCEEDED:
      return new AppError("deadline_exceeded", { what: call.what, timeoutMs: call.timeoutMs }, options);
    case status.RESOURCE_EXHAUSTED:
      return exhaustedError(error, call);
    case status.INTERNAL:
      return error.details.startsWith("Received RST_STREAM")
        ? unreachable()
        : new AppError("internal", {}, options);
    default:
      return new AppError("internal", {}, options);
  }
}

/** grpc-js has one status for a full server and for a message over the limit; only the first is worth a retry. */
function exhaustedError(error: ServiceError, call: FailedCall): AppError {
  const limit = /(?:larger than|size larger than|max).*?(\d+)\D*$/.exec(error.details)?.[1];
  if (/message/i.test(error.details) && limit !== undefined) {
    return new AppError(
      "payload_too_large",
      { what: `A message of ${call.what}`, limit: `${limit} bytes` },
      { cause: error },
    );
  }
  return new AppError("capacity_exhausted", { service: call.what }, { cause: error });
}

function isServiceError(error: unknown): error is ServiceError {
  return error instanceof Error && "code" in error && "details" in error && "metadata" in error;
}
