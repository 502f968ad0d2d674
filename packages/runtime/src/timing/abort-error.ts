import { AppError } from "@kinora/errors";

/**
 * The AppError that an aborted signal stands for: its own reason when that is an AppError,
 * `deadline_exceeded` for AbortSignal.timeout, `cancelled` for everything else.
 */
export function abortError(signal: AbortSignal): AppError {
  const reason: unknown = signal.reason;
  if (reason instanceof AppError) return reason;
  if (reason instanceof Error && reason.name === "TimeoutError") {
    return new AppError(
      "deadline_exceeded",
      { what: "The work", timeoutMs: "the allowed" },
      { cause: reason },
    );
  }
  return new AppError("cancelled", {}, { cause: reason });
}

/** Throws `abortError` when the signal is aborted; called between steps of long work. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw abortError(signal);
}
