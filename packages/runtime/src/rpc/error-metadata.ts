import { Metadata } from "@grpc/grpc-js";
import { AppError, type ErrorCode, type ErrorFields, isErrorCode } from "@kinora/errors";

/** A gRPC status as grpc-js takes it from a handler. */
export interface RpcStatus {
  readonly code: number;
  readonly details: string;
  readonly metadata: Metadata;
}

/** Trailers are headers: both ends limit all of them together to some KiB. */
const MAX_DETAILS_CHARS = 1024;
const MAX_FIELD_CHARS = 512;
const MAX_FIELDS_CHARS = 4096;

/** The status and trailing metadata with which `error` travels. */
export function errorToStatus(error: AppError): RpcStatus {
  const metadata = new Metadata();
  metadata.set("kinora-code", error.code);
  metadata.set("kinora-fields", encodeFields(error.fields));
  if (error.param !== undefined) metadata.set("kinora-param", escapeAscii(error.param));
  const details = error.message.toWellFormed().slice(0, MAX_DETAILS_CHARS).toWellFormed();
  return { code: error.row.grpc, details, metadata };
}

/** The AppError that trailing metadata carries, or undefined when it came from elsewhere. */
export function errorFromMetadata(metadata: Metadata, cause: unknown): AppError | undefined {
  const code = errorCode(metadata);
  if (code === undefined) return undefined;
  const param = textOf(metadata, "kinora-param");
  return new AppError(code, decodeFields(textOf(metadata, "kinora-fields")), {
    cause,
    param: param === undefined ? undefined : unescapeAscii(param),
  });
}

function errorCode(metadata: Metadata): ErrorCode | undefined {
  const code = textOf(metadata, "kinora-code");
  return code !== undefined && isErrorCode(code) ? code : undefined;
}

function textOf(metadata: Metadata, key: string): string | undefined {
  const value = metadata.get(key)[0];
  return typeof value === "string" ? value : undefined;
}

/** JSON in printable ASCII; long values are cut, and what still does not fit is left out. */
function encodeFields(fields: ErrorFields): string {
  const kept: [string, unknown][] = [];
  let room = MAX_FIELDS_CHARS;
  for (const [name, value] of Object.entries(fields)) {
    const short = typeof value === "string" ? value.slice(0, MAX_FIELD_CHARS) : value;
    room -= asciiJson([name, short]).length;
    if (room > 0) kept.push([name, short]);
  }
  return asciiJson(Object.fromEntries(kept));
}

function asciiJson(value: unknown): string {
  return JSON.stringify(value).replaceAll(
    /[^\x20-\x7e]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function decodeFields(json: string | undefined): ErrorFields {
  if (json === undefined) return {};
  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch {
    return {};
  }
  if (typeof parsed !== "object" || parsed === null) return {};
  return Object.fromEntries(Object.entries(parsed).filter(([, value]) => isScalar(value)));
}

function isScalar(value: unknown): value is string | number | boolean {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}

/** Plain names stay readable; everything that a header may not hold is percent-encoded. */
function escapeAscii(text: string): string {
  const short = text.slice(0, MAX_FIELD_CHARS).toWellFormed();
  return short.replaceAll(/[^\x21-\x24\x26-\x7e]/gu, (character) => encodeURIComponent(character));
}

function unescapeAscii(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
