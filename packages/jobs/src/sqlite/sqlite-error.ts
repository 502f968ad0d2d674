import { AppError, errorMessage } from "@kinora/errors";

/** SQLite's generic error (wrong SQL), constraint, misuse and range: our mistakes, not the disk's. */
const BUG_CODES = new Set([1, 19, 21, 25]);

/** Runs `work`, turning what SQLite throws about its file or locks into `unavailable`. */
export function withSqliteErrors<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw isUnavailable(error)
      ? new AppError(
          "unavailable",
          { what: "The jobs database", reason: errorMessage(error) },
          { cause: error },
        )
      : error;
  }
}

function isUnavailable(error: unknown): boolean {
  if (!(error instanceof Error) || !("code" in error)) return false;
  // A closed database is ERR_INVALID_STATE.
  if (error.code === "ERR_INVALID_STATE") return true;
  if (error.code !== "ERR_SQLITE_ERROR" || !("errcode" in error)) return false;
  return !BUG_CODES.has(Number(error.errcode) & 0xff);
}
