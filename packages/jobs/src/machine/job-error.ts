import type { AppError } from "@kinora/errors";
import type { JobError } from "../job-store.ts";

/** An error as a job's record keeps it. */
export function jobErrorOf({ code, message, fields }: AppError): JobError {
  return { code, message, fields };
}
