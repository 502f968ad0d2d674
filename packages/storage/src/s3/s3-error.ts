import { S3ServiceException } from "@aws-sdk/client-s3";
import { AppError } from "@kinora/errors";
import { rangePastEnd } from "../byte-range.ts";

/** HTTP status of an answer of the S3 server; undefined when there was none. */
export function s3Status(error: unknown): number | undefined {
  return error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
}

/** Whether the error says that the key is missing. A missing bucket is another matter. */
export function isMissingKey(error: unknown): boolean {
  if (!(error instanceof S3ServiceException)) return false;
  // An answer to HEAD has no body, so its name is all there is.
  return error.name === "NoSuchKey" || error.name === "NotFound";
}

/** Turns the errors that mean something for a key; others are returned as they are. */
export function s3Error(error: unknown, key: string, start = 0): unknown {
  if (isMissingKey(error)) return new AppError("object_not_found", { key }, { cause: error });
  if (s3Status(error) === 412) return new AppError("object_exists", { key }, { cause: error });
  if (s3Status(error) === 416) return rangePastEnd(start);
  return error;
}
