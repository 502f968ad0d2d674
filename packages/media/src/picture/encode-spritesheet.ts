import { assertRawPicture, type RawPicture } from "./raw-picture.ts";
import { restrictedSharp } from "./restricted-sharp.ts";

/** Tiles in a row and in a column. */
const SIDE = 4;
const QUALITY = 82;
const CHANNELS = 3;

/** Which of `frameCount` frames the spritesheet shows: 16, evenly spaced, the first and the last among them. */
export function spritesheetFrames(frameCount: number): number[] {
  const tiles = SIDE * SIDE;
  return Array.from({ length: tiles }, (_, tile) => Math.round((tile * (frameCount - 1)) / (tiles - 1)));
}

/** How a spritesheet is made. */
export interface SpritesheetOptions {
  /** Pixels (256); tiles are as high as the frames' shape asks. */
  readonly tileWidth?: number;
}

/** A spritesheet whose tiles are made while its frames come. */
export interface Spritesheet {
  /** Takes the next of the 16 frames that `spritesheetFrames` names; the frame may be reused once `encode` resolves. */
  add(frame: RawPicture): void;
  /** The JPEG of 4 x 4 tiles, rows in time order. Throws what the making of a tile threw. */
  encode(): Promise<Uint8Array>;
}

/** Starts a spritesheet without tiles. */
export function createSpritesheet({ tileWidth: width = 256 }: SpritesheetOptions = {}): Spritesheet {
  const tiles: Promise<RawPicture>[] = [];
  return {
    add(frame) {
      const tile = shrink(frame, width);
      // Its failure is told by `encode`, which may come much later.
      tile.catch(() => {});
      tiles.push(tile);
    },
    encode: async () => encodeTiles(await Promise.all(tiles)),
  };
}

/** The spritesheet of 16 frames that are there already. */
export async function encodeSpritesheet(
  frames: readonly RawPicture[],
  options: SpritesheetOptions = {},
): Promise<Uint8Array> {
  const sheet = createSpritesheet(options);
  for (const frame of frames) sheet.add(frame);
  return sheet.encode();
}

async function shrink(frame: RawPicture, width: number): Promise<RawPicture> {
  assertRawPicture(frame);
  const height = Math.max(1, Math.round((width * frame.height) / frame.width));
  const raw = { width: frame.width, height: frame.height, channels: CHANNELS } as const;
  const data = await restrictedSharp(frame.data, { raw })
    .resize(width, height, { fit: "fill" })
    .raw()
    .toBuffer();
  return { data, width, height };
}

/** Rows are copied by hand: libvips would blend all tiles with an alpha channel that none of them has. */
async function encodeTiles(tiles: readonly RawPicture[]): Promise<Uint8Array> {
  const [first] = tiles;
  if (first === undefined || tiles.length !== SIDE * SIDE) {
    throw new Error(`A spritesheet of ${tiles.length} frames in place of ${SIDE * SIDE}. This is a bug.`);
  }
  const [width, height] = [first.width * SIDE, first.height * SIDE];
  const rowBytes = first.width * CHANNELS;
  const sheet = new Uint8Array(width * height * CHANNELS);
  for (const [n, { data }] of tiles.entries()) {
    const corner = Math.floor(n / SIDE) * first.height * SIDE * rowBytes + (n % SIDE) * rowBytes;
    for (let row = 0; row < first.height; row++) {
      sheet.set(data.subarray(row * rowBytes, (row + 1) * rowBytes), corner + row * SIDE * rowBytes);
    }
  }
  return restrictedSharp(sheet, { raw: { width, height, channels: CHANNELS } })
    .jpeg({ quality: QUALITY })
    .toBuffer();
}
