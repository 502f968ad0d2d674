import { AppError, errorMessage } from "@kinora/errors";
import { assertRawPicture, type RawPicture } from "./raw-picture.ts";
import { restrictedSharp } from "./restricted-sharp.ts";

/** A PNG of the picture, lossless, 8 bits per channel. The same picture gives the same bytes. */
export async function encodePng(picture: RawPicture): Promise<Uint8Array> {
  assertRawPicture(picture);
  const { data, width, height } = picture;
  // Of a 512x512 cartoon: 12 ms and 360 kB; at level 6 without the filters 20 ms and 401 kB.
  return restrictedSharp(data, { raw: { width, height, channels: 3 } })
    .png({ compressionLevel: 1, adaptiveFiltering: true })
    .toBuffer();
}

/** The pixels of a PNG that this system made. Throws `media_failed` when it is none; uploads go through `normalizePicture`. */
export async function decodePng(bytes: Uint8Array): Promise<RawPicture> {
  try {
    const { data, info } = await restrictedSharp(bytes)
      .toColourspace("srgb")
      .removeAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true });
    const picture = { data, width: info.width, height: info.height };
    assertRawPicture(picture);
    return picture;
  } catch (error) {
    throw new AppError(
      "media_failed",
      { tool: "The PNG decoder", reason: errorMessage(error) },
      { cause: error },
    );
  }
}
