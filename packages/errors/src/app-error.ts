import { ERROR_TABLE, type ErrorCode, type ErrorRow } from "./error-table.ts";

/** Values that fill an error's message, and travel with it. */
export type ErrorFields = Readonly<Record<string, string | number | boolean | undefined>>;

/**
 * An expected failure with a code of the table. Anything else that is thrown is a bug or a
 * surprise, and leaves the process as `internal` without its text.
 */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly fields: ErrorFields;
  /** Name of the request field at fault, as the caller wrote it. */
  readonly param: string | undefined;

  constructor(
    code: ErrorCode,
    fields: ErrorFields = {},
    options: { cause?: unknown; param?: string | undefined } = {},
  ) {
    super(formatMessage(ERROR_TABLE[code].message, fields), { cause: options.cause });
    this.name = "AppError";
    this.code = code;
    this.fields = fields;
    this.param = options.param;
  }

  /** How this error travels: statuses, blame, whether a retry may help. */
  get row(): ErrorRow {
    return ERROR_TABLE[this.code];
  }

  /** Turns anything thrown into an AppError; an unknown one becomes `internal` with its cause kept. */
  static from(error: unknown): AppError {
    if (error instanceof AppError) return error;
    if (isAbortError(error)) return new AppError("cancelled", {}, { cause: error });
    return new AppError("internal", {}, { cause: error });
  }
}

/** Whether `error` is what an aborted AbortSignal throws. */
export function isAbortError(error: unknown): boolean {
  return error instanceof Error && error.name === "AbortError";
}

/** The code of one of our errors; undefined of any other thrown value. */
export function codeOf(error: unknown): ErrorCode | undefined {
  return error instanceof AppError ? error.code : undefined;
}

/** Whether `code` is one of the table's codes; used where a code arrives from another process. */
export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(ERROR_TABLE, code);
}

/** The text of anything thrown, for logs. */
export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function formatMessage(template: string, fields: ErrorFields): string {
  return template.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = fields[name];
    return value === undefined ? `(${name}?)` : String(value);
  });
}
