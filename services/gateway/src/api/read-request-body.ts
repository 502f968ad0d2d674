import type { Readable } from "node:stream";
import { AppError, errorMessage } from "@kinora/errors";
import type { FastifyRequest } from "fastify";
import type { ApiLimits } from "./api-ports.ts";
import { bodyTooLarge, malformedMultipart } from "./error-response.ts";
import type { RawRequest } from "./field-reader.ts";
import { INPUT_REFERENCE, isDataUrl, MAX_PICTURE_BYTES } from "./parse-input-reference.ts";
import { invalid } from "./parse-value.ts";
import { showValue } from "./show-value.ts";

type BodyLimits = Pick<ApiLimits, "jsonBytes" | "pictureBodyBytes" | "formFields" | "formFieldBytes">;

/** What a route's forms may hold besides text. */
export interface FormShape {
  /** The one field that may be a picture file, or undefined: none may. */
  readonly fileField: string | undefined;
  /** Files that are read over: their fields are refused with a better word than that they are files. */
  readonly refusedFiles?: readonly string[];
  /** Takes the file as it comes, where it is too large to hold; otherwise it is held as a picture. */
  readonly largeFile?: { readonly maxBytes: number; write(body: Readable): Promise<void> };
  /** Fields that are objects, written with bracket keys: input_reference[image_url]. */
  readonly objects: readonly string[];
  /** Throws `unknown_field` for a name that the route does not know. */
  readonly assertKnownFields: (names: readonly string[]) => void;
}

/** The fields and the picture of a request, JSON or form, before any of them is judged. */
export async function readRequestBody(
  request: FastifyRequest,
  limits: BodyLimits,
  shape: FormShape,
): Promise<RawRequest> {
  if (!request.isMultipart()) return { fields: assertObject(request.body), encoding: "json" };
  try {
    return await readForm(request, limits, shape);
  } catch (error) {
    // The rest of the upload is thrown away, or its sender would wait for us and the connection for it.
    request.raw.unpipe();
    request.raw.resume();
    const code = (error as { code?: unknown } | undefined)?.code;
    if (code === "FST_REQ_FILE_TOO_LARGE") throw fileTooLarge(shape, error);
    if (error instanceof AppError || (typeof code === "string" && code.startsWith("FST_"))) throw error;
    // Whatever else the form parser throws is about the form.
    throw malformedMultipart(errorMessage(error), error);
  }
}

/**
 * Parses a JSON body: strict UTF-8, objects only, 64 KiB besides a data URL. Throws `malformed_json`
 * or `payload_too_large`. An empty body is no fields.
 */
export function parseJsonBody(body: Buffer, limits: BodyLimits): Record<string, unknown> {
  if (body.byteLength === 0) return {};
  const content = assertObject(parseText(body));
  if (body.byteLength > limits.jsonBytes && !fitsWithoutPicture(content, limits.jsonBytes)) {
    throw bodyTooLarge(`${limits.jsonBytes / 1024} KiB besides the data URL of input_reference`);
  }
  return content;
}

function parseText(body: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch (cause) {
    throw new AppError("malformed_json", { reason: `${errorMessage(cause).slice(0, 200)}.` }, { cause });
  }
}

function assertObject(content: unknown): Record<string, unknown> {
  if (content === undefined || content === null) return {};
  if (typeof content === "object" && !Array.isArray(content)) return content as Record<string, unknown>;
  const reason = `The body must be a JSON object; got ${showValue(content)}.`;
  throw new AppError("invalid_request", { reason });
}

function fitsWithoutPicture({ [INPUT_REFERENCE]: picture, ...rest }: Record<string, unknown>, bytes: number) {
  const text = typeof picture === "object" ? (picture as { image_url?: unknown } | null)?.image_url : picture;
  return isDataUrl(text) && Buffer.byteLength(JSON.stringify(rest)) <= bytes;
}

async function readForm(request: FastifyRequest, limits: BodyLimits, shape: FormShape): Promise<RawRequest> {
  const fields = Object.create(null) as Record<string, unknown>;
  const { refusedFiles = [] } = shape;
  let file: Uint8Array | undefined;
  let textBytes = 0;
  const parts = request.parts({
    limits: {
      files: 1 + refusedFiles.length,
      fileSize: maxFileBytes(shape),
      fields: limits.formFields,
      fieldNameSize: 100,
      // A data URL may be a field; how long the others may be is checked below.
      fieldSize: limits.pictureBodyBytes,
      parts: limits.formFields + 1 + refusedFiles.length,
      headerPairs: 20,
    },
  });
  for await (const part of parts) {
    if (part.type === "file" && refusedFiles.includes(part.fieldname)) {
      await part.toBuffer();
      setField(fields, part.fieldname, { value: "a file", objects: shape.objects });
      continue;
    }
    if (part.type === "file") {
      assertFileField(part.fieldname, shape);
      if (file) throw invalid(shape.fileField ?? part.fieldname, `${shape.fileField} takes one picture.`);
      if (shape.largeFile) await shape.largeFile.write(part.file);
      else file = await part.toBuffer();
      continue;
    }
    const value = typeof part.value === "string" ? part.value : JSON.stringify(part.value);
    textBytes += Buffer.byteLength(value);
    assertFieldSize(part.fieldname, value, limits);
    if (textBytes > limits.pictureBodyBytes) throw bodyTooLarge(`${limits.pictureBodyBytes} bytes of fields`);
    setField(fields, part.fieldname, { value, objects: shape.objects });
  }
  return { fields, file, encoding: "form" };
}

function maxFileBytes({ largeFile }: FormShape): number {
  return largeFile?.maxBytes ?? MAX_PICTURE_BYTES;
}

function fileTooLarge(shape: FormShape, cause: unknown): AppError {
  const limit = `${maxFileBytes(shape) / 1024 / 1024} MiB`;
  const fields = { what: shape.fileField ?? "The uploaded file", limit };
  return new AppError("payload_too_large", fields, { cause, param: shape.fileField });
}

/** SDKs write a list's entries as image[]; one entry is a list, too. */
function assertFileField(name: string, { fileField, assertKnownFields }: FormShape): void {
  if (fileField !== undefined && (name === fileField || name === `${fileField}[]`)) return;
  assertKnownFields([name]);
  throw invalid(name, `${name} must be text, not a file.`);
}

function assertFieldSize(
  name: string,
  value: string,
  { formFieldBytes, pictureBodyBytes }: BodyLimits,
): void {
  const limit = name.startsWith(INPUT_REFERENCE) ? pictureBodyBytes : formFieldBytes;
  // A field at the parser's own limit may have been cut there.
  if (Buffer.byteLength(value) < limit) return;
  const fields = { what: `Field ${name}`, limit: `${limit / 1024} KiB` };
  throw new AppError("payload_too_large", fields, { param: name });
}

/** Forms write objects with bracket keys: input_reference[image_url]. */
function setField(
  fields: Record<string, unknown>,
  name: string,
  { value, objects }: { value: string; objects: readonly string[] },
): void {
  const [, outer = "", inner = ""] = /^(\w{1,40})\[(\w{1,40})\]$/.exec(name) ?? [];
  if (!objects.includes(outer)) {
    if (name in fields) throw invalid(name, `${name} was sent more than once.`);
    fields[name] = value;
    return;
  }
  const before = fields[outer] ?? {};
  if (typeof before !== "object" || Object.hasOwn(before, inner)) {
    throw invalid(outer, `${outer} was sent more than once.`);
  }
  fields[outer] = { ...before, [inner]: value };
}
