import { AppError, type ErrorCode, isErrorCode } from "@kinora/errors";
import type { JobRecord } from "@kinora/jobs";

/** A job's failure with the words that its record has. */
class JobFailedError extends AppError {
  constructor(code: ErrorCode, message: string) {
    super(code);
    this.message = message;
  }
}

/** Why a job that is over has no result, as the error that a caller who waited for it gets. */
export function failureOf({ state, error }: JobRecord): AppError {
  if (state === "cancelled") return new AppError("cancelled");
  const code = error && isErrorCode(error.code) ? error.code : "internal";
  // With its values an error keeps its words on the way to a caller of gRPC, which renders them again.
  if (error?.fields) return new AppError(code, error.fields);
  return new JobFailedError(code, error?.message ?? "The job failed without saying why.");
}
