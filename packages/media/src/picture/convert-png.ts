import { AppError, errorMessage } from "@kinora/errors";
import { restrictedSharp } from "./restricted-sharp.ts";

const QUALITY = 95;

/**
 * A PNG that this system made as a JPEG or WebP of high quality, in the same size. Throws
 * `media_failed` when it is none.
 */
export async function convertPng(png: Uint8Array, format: "jpeg" | "webp"): Promise<Uint8Array> {
  try {
    // Full chroma: pictures of few pixels show the halves of 4:2:0.
    const options = format === "jpeg" ? { chromaSubsampling: "4:4:4" } : {};
    return await restrictedSharp(png)
      .toFormat(format, { quality: QUALITY, ...options })
      .toBuffer();
  } catch (error) {
    throw new AppError(
      "media_failed",
      { tool: "The picture converter", reason: errorMessage(error) },
      { cause: error },
    );
  }
}
