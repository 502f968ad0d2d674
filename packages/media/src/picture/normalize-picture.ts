import { AppError } from "@kinora/errors";
import type { Metadata, Sharp } from "sharp";
import { restrictedSharp } from "./restricted-sharp.ts";
import { isAnimatedPng, type PictureFormat, sniffPicture } from "./sniff-picture.ts";

/** The size that the model wants. */
export interface PictureSize {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
}

/** An upload made safe: our own pixels, none of the user's bytes. */
export interface NormalizedPicture {
  /** 8-bit sRGB without alpha or metadata, exactly the asked size. */
  readonly png: Uint8Array;
  /** Size of the upload in pixels as it is looked at, after EXIF rotation. */
  readonly sourceWidth: number;
  readonly sourceHeight: number;
}

/** Most pixels of an upload, 4096 x 4096: 64 MiB while it is decoded. */
export const MAX_SOURCE_PIXELS = 16_777_216;
const DECODE_TIMEOUT_S = 8;
const ADVICE = "send a JPEG, PNG or WebP picture";

/**
 * Turns an untrusted upload into a PNG of the model's size, which may depend on the upload's own:
 * rotated as EXIF says, transparent parts on white, converted to sRGB, cropped around its centre to
 * the aspect, resized by Lanczos, without metadata. Throws `invalid_image`, saying what was wrong and what would be right, for anything but
 * a whole, still JPEG, PNG or WebP of at most 16,777,216 pixels. A damaged or cut-off file is
 * refused rather than guessed at: the clip would be made from grey.
 */
export async function normalizePicture(
  bytes: Uint8Array,
  size: PictureSize | ((source: PictureSize) => PictureSize),
): Promise<NormalizedPicture> {
  const format = acceptFormat(bytes);
  const metadata = await readMetadata(bytes, format);
  acceptMetadata(metadata, format);
  const { width, height } = metadata.autoOrient;
  const target = typeof size === "function" ? size({ width, height }) : size;
  const png = await render(openPicture(bytes), target).catch((error: unknown) => refuseDecode(error, format));
  return { png, sourceWidth: width, sourceHeight: height };
}

function acceptFormat(bytes: Uint8Array): PictureFormat {
  if (bytes.length === 0) throw refusal(`The picture is empty; ${ADVICE}.`);
  const sniffed = sniffPicture(bytes);
  if (sniffed.format === undefined) throw refusal(`The file looks like ${sniffed.looksLike}; ${ADVICE}.`);
  if (sniffed.format === "PNG" && isAnimatedPng(bytes)) throw animated("PNG");
  return sniffed.format;
}

function openPicture(bytes: Uint8Array): Sharp {
  return restrictedSharp(bytes, {
    limitInputPixels: MAX_SOURCE_PIXELS,
    // Warnings too: a JPEG that ends early is only warned about, and its rest is grey.
    failOn: "warning",
    pages: 1,
  }).timeout({ seconds: DECODE_TIMEOUT_S });
}

function readMetadata(bytes: Uint8Array, format: PictureFormat): Promise<Metadata> {
  // Only the header is read, so a picture that is too large is refused with its size.
  return restrictedSharp(bytes, { limitInputPixels: false, failOn: "warning" })
    .metadata()
    .catch((error: unknown) => refuseDecode(error, format));
}

function acceptMetadata({ width, height, pages = 1 }: Metadata, format: PictureFormat): void {
  if (pages > 1) throw animated(format);
  if (width * height > MAX_SOURCE_PIXELS) {
    throw refusal(
      `The picture has ${width} x ${height} pixels; send one of at most ${MAX_SOURCE_PIXELS} pixels, for example 4096 x 4096.`,
    );
  }
}

async function render(picture: Sharp, { width, height }: PictureSize): Promise<Uint8Array> {
  const { data } = await picture
    .autoOrient()
    .flatten({ background: "white" })
    .resize(width, height, { fit: "cover", position: "centre", kernel: "lanczos3" })
    .png({ compressionLevel: 6 })
    .toBuffer({ resolveWithObject: true });
  return data;
}

function refuseDecode(cause: unknown, format: PictureFormat): never {
  const reason =
    cause instanceof Error && cause.message.startsWith("timeout")
      ? `The ${format} takes longer than ${DECODE_TIMEOUT_S} s to decode; send a smaller picture.`
      : `The ${format} is damaged or cut off; save it again as a JPEG, PNG or WebP picture.`;
  throw refusal(reason, cause);
}

function animated(format: PictureFormat): AppError {
  return refusal(`The ${format} is animated; send a still picture.`);
}

function refusal(reason: string, cause?: unknown): AppError {
  return new AppError("invalid_image", { reason }, { cause });
}
