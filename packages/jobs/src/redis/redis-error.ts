import { AppError, errorMessage } from "@kinora/errors";

/** Answers of a living Redis that pass with time: full, loading, read-only, disk trouble, failover. */
const PASSING_REPLIES = /^-?(OOM|LOADING|READONLY|MISCONF|BUSY|NOREPLICAS|MASTERDOWN|CLUSTERDOWN|TRYAGAIN)\b/;

/** Awaits `work`, turning what a missing or full Redis causes into `unavailable`. */
export async function withRedisErrors<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw toAppError(error);
  }
}

function toAppError(error: unknown): unknown {
  if (error instanceof AppError || !(error instanceof Error)) return error;
  // ReplyError: Redis answered. Anything else from the client: it did not.
  if (error.name === "ReplyError" && !PASSING_REPLIES.test(error.message)) return error;
  return new AppError("unavailable", { what: "Redis", reason: reasonOf(error) }, { cause: error });
}

/** The client's own words for a connection that is down speak of its settings. */
function reasonOf(error: Error): string {
  return error.name === "MaxRetriesPerRequestError" ? "there is no connection" : errorMessage(error);
}
