import { AppError, errorMessage } from "@kinora/errors";
import type { FastifyError } from "fastify";
import { showValue } from "./show-value.ts";

/** The body of every refusal: OpenAI's error envelope. */
interface ErrorBody {
  readonly error: {
    readonly message: string;
    readonly type: string;
    readonly param: string | null;
    readonly code: string;
  };
}

/** How an error leaves by HTTP. */
export interface ErrorResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: ErrorBody;
}

const TYPES: Readonly<Record<number, string>> = {
  401: "authentication_error",
  403: "permission_error",
  404: "not_found_error",
  429: "rate_limit_error",
};

/** Longest wait that the SDKs obey, in seconds. */
const MAX_RETRY_AFTER_S = 60;
/** Wait suggested when an error does not know better. */
const RETRY_AFTER_S = 5;

/** Maps an error of the table: the REST half of the two places where errors are mapped. */
export function toErrorResponse(error: AppError): ErrorResponse {
  const { http: status } = error.row;
  const type = TYPES[status] ?? (status < 500 ? "invalid_request_error" : "server_error");
  return {
    status,
    headers: retryHeaders(error, status),
    body: { error: { message: error.message, type, param: error.param ?? null, code: error.code } },
  };
}

function retryHeaders(error: AppError, status: number): Record<string, string> {
  if (status === 429 || status === 503) {
    const given = Number(error.fields["retryAfterS"] ?? RETRY_AFTER_S);
    const seconds = Math.min(MAX_RETRY_AFTER_S, Math.max(1, Math.ceil(given) || RETRY_AFTER_S));
    return { "retry-after": String(seconds), "retry-after-ms": String(seconds * 1000) };
  }
  // The SDKs would retry 408, 409 and every 5xx by themselves.
  return error.row.retryable || error.code === "internal" ? {} : { "x-should-retry": "false" };
}

/** What was asked, for the refusals that name it. */
export interface RequestFacts {
  readonly contentType: string | undefined;
}

/**
 * Any error that reached fastify as one of the table: fastify's and its plugins' own by their code,
 * ours as they are, everything else as `internal` without its text.
 */
export function toAppError(error: unknown, facts: RequestFacts): AppError {
  if (error instanceof AppError) return error;
  const code = String((error as Partial<FastifyError> | undefined)?.code ?? "");
  const known = Object.hasOwn(FRAMEWORK_ERRORS, code) ? FRAMEWORK_ERRORS[code] : undefined;
  if (known) return known(error as FastifyError, facts);
  const status = (error as Partial<FastifyError> | undefined)?.statusCode ?? 500;
  if (code.startsWith("FST_") && status >= 400 && status < 500) {
    return new AppError("invalid_request", { reason: `${errorMessage(error)}.` }, { cause: error });
  }
  return AppError.from(error);
}

type Mapping = (error: FastifyError, facts: RequestFacts) => AppError;

const FRAMEWORK_ERRORS: Readonly<Record<string, Mapping>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: (cause, { contentType }) =>
    new AppError("unsupported_media_type", { type: showValue(contentType ?? "(none)") }, { cause }),
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: (cause) =>
    new AppError(
      "invalid_request",
      { reason: "The body does not have the length that Content-Length says." },
      { cause },
    ),
  FST_ERR_CTP_BODY_TOO_LARGE: (cause) => bodyTooLarge("64 KiB (28 MiB with a picture as data URL)", cause),
  FST_ERR_BAD_URL: (cause) =>
    new AppError("invalid_request", { reason: "The path is not a valid URL." }, { cause }),
  FST_FILES_LIMIT: (cause) => malformedMultipart("it may hold one file.", cause),
  FST_PARTS_LIMIT: (cause) => malformedMultipart("it holds too many parts.", cause),
  FST_FIELDS_LIMIT: (cause) => malformedMultipart("it holds too many fields.", cause),
  FST_PROTO_VIOLATION: (cause) => malformedMultipart("a field has a forbidden name.", cause),
  FST_INVALID_JSON_FIELD_ERROR: (cause) =>
    malformedMultipart("a field of type application/json is not JSON.", cause),
  FST_MP_PREMATURE_CLOSE: (cause) => malformedMultipart("it ends too early.", cause),
};

/** A body or one of its parts over its limit. */
export function bodyTooLarge(limit: string, cause?: unknown): AppError {
  return new AppError("payload_too_large", { what: "The body", limit }, { cause });
}

/** A form that cannot be read. */
export function malformedMultipart(reason: string, cause?: unknown): AppError {
  return new AppError("malformed_multipart", { reason }, { cause });
}
