import { assertRawPicture, type RawPicture } from "./raw-picture.ts";
import { restrictedSharp } from "./restricted-sharp.ts";

/** Tiles in a row and in a column. */
const SIDE = 4;
const QUALITY = 82;

/** Which of `frameCount` frames the spritesheet shows: 16, evenly spaced, the first and the last among them. */
export function spritesheetFrames(frameCount: number): number[] {
  const tiles = SIDE * SIDE;
  return Array.from({ length: tiles }, (_, tile) => Math.round((tile * (frameCount - 1)) / (tiles - 1)));
}

/**
 * A JPEG of 4 x 4 tiles, rows in time order, from the 16 frames that `spritesheetFrames` names.
 * Each tile is `tileWidth` pixels wide (256 unless told) and as high as the frames' shape asks.
 */
export async function encodeSpritesheet(
  frames: readonly RawPicture[],
  options: { readonly tileWidth?: number } = {},
): Promise<Uint8Array> {
  const [first] = frames;
  if (first === undefined || frames.length !== SIDE * SIDE) {
    throw new Error(`A spritesheet of ${frames.length} frames in place of ${SIDE * SIDE}. This is a bug.`);
  }
  const width = options.tileWidth ?? 256;
  const height = Math.max(1, Math.round((width * first.height) / first.width));
  const tiles = await Promise.all(frames.map((frame) => shrink(frame, width, height)));
  return restrictedSharp({
    create: { width: width * SIDE, height: height * SIDE, channels: 3, background: "black" },
  })
    .composite(
      tiles.map((input, n) => ({
        input,
        raw: { width, height, channels: 3 },
        left: (n % SIDE) * width,
        top: Math.floor(n / SIDE) * height,
      })),
    )
    .jpeg({ quality: QUALITY })
    .toBuffer();
}

async function shrink(frame: RawPicture, width: number, height: number): Promise<Buffer> {
  assertRawPicture(frame);
  return restrictedSharp(frame.data, { raw: { width: frame.width, height: frame.height, channels: 3 } })
    .resize(width, height, { fit: "fill" })
    .raw()
    .toBuffer();
}
