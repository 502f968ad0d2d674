import { AppError } from "@kinora/errors";
import { showValue } from "./show-value.ts";

/** Largest picture that is looked at, in bytes as sent. */
export const MAX_PICTURE_BYTES = 20 * 1024 * 1024;

/** The field's name, also in its bracket form. */
export const INPUT_REFERENCE = "input_reference";

const DATA_URL = /^data:image\/(?:png|jpe?g|webp);base64,/i;
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

/**
 * Bytes of the picture that a request carries as text: a data URL, alone or as `image_url`.
 * Throws `invalid_image` for anything else, saying what would be right.
 */
export function parseInputReference(value: unknown): Uint8Array {
  if (typeof value === "string") return parseDataUrl(value);
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw refused(`input_reference must be a picture file or a data URL; got ${showValue(value)}.`);
  }
  const given = Object.entries<unknown>(value as Record<string, unknown>).filter(
    ([, part]) => part !== null && part !== undefined,
  );
  const [only, ...others] = given;
  if (!only || others.length > 0 || !["image_url", "file_id"].includes(only[0])) {
    const names = given.map(([name]) => name).join(", ") || "nothing";
    throw refused(`input_reference must hold exactly image_url, a data URL; got ${showValue(names)}.`);
  }
  const [name, part] = only;
  if (name === "file_id") {
    throw refused("input_reference.file_id is not supported here: send the picture itself or a data URL.");
  }
  if (typeof part !== "string") {
    throw refused(`input_reference.image_url must be a data URL; got ${showValue(part)}.`);
  }
  return parseDataUrl(part);
}

/** Whether a text is a data URL, as the limit on JSON bodies asks. */
export function isDataUrl(value: unknown): value is string {
  return typeof value === "string" && /^data:/i.test(value.slice(0, 5));
}

function parseDataUrl(text: string): Uint8Array {
  if (/^https?:/i.test(text.slice(0, 6))) {
    throw refused(
      "input_reference addresses (http, https) are not fetched here: download the picture and send it as a file or data URL.",
    );
  }
  const head = DATA_URL.exec(text.slice(0, 40));
  if (!head) {
    throw refused(
      `input_reference must be a data URL such as data:image/png;base64,... (PNG, JPEG or WebP); got ${showValue(text)}.`,
    );
  }
  const base64 = text.slice(head[0].length);
  if (base64.length > Math.ceil(MAX_PICTURE_BYTES / 3) * 4) throw pictureTooLarge();
  if (base64.length % 4 !== 0 || !BASE64.test(base64)) {
    throw refused("input_reference is not valid base64 after the comma of its data URL.");
  }
  return assertPictureSize(Buffer.from(base64, "base64"));
}

/** Refuses an empty picture and one over the limit; an unreadable one is found when it is decoded. */
export function assertPictureSize(bytes: Uint8Array, param = INPUT_REFERENCE): Uint8Array {
  if (bytes.byteLength === 0)
    throw refused(`${param} is an empty file; send a JPEG, PNG or WebP picture.`, param);
  if (bytes.byteLength > MAX_PICTURE_BYTES) throw pictureTooLarge(param);
  return bytes;
}

function pictureTooLarge(param = INPUT_REFERENCE): AppError {
  const fields = { what: param, limit: `${MAX_PICTURE_BYTES / 1024 / 1024} MiB` };
  return new AppError("payload_too_large", fields, { param });
}

function refused(reason: string, param = INPUT_REFERENCE): AppError {
  return new AppError("invalid_image", { reason }, { param });
}
