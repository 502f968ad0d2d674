import { assertRawPicture, type RawPicture } from "./raw-picture.ts";

/** What counts as unchanged: Emu Edit's thresholding between turns (arXiv 2311.10089, section 3.4). */
export interface Thresholding {
  /** Smallest mean absolute difference, of 0 to 1, that is a change. */
  readonly alpha: number;
  /** Side of the box over which differences are averaged, in pixels; odd. */
  readonly lowPass: number;
}

/** A picture before and after an edit. */
export interface PictureEdit {
  /** The picture that was edited, whose bytes are worth keeping. */
  readonly source: RawPicture;
  /** What the decoder makes of the edited latents. */
  readonly edited: RawPicture;
  /** What the decoder makes of the latents that the editor was given: what encoding alone loses is no change. */
  readonly seen: RawPicture;
}

/** The channels' largest sum of differences. */
const RANGE = 3 * 255;

/**
 * The edited picture with the source's own bytes wherever little changed: where the box sum of the
 * sum over RGB of |edited - seen|, edges repeated, is below alpha * 765 * lowPass^2. In integers, so that
 * training/evaluate/threshold.py, which made the goldens, gives the same bytes.
 */
export function keepUnchanged(
  { source, edited, seen }: PictureEdit,
  { alpha, lowPass }: Thresholding,
): RawPicture {
  for (const picture of [source, edited, seen]) {
    assertRawPicture(picture);
    if (picture.width !== edited.width || picture.height !== edited.height) {
      throw new Error("An edit and its source have different sizes. This is a bug.");
    }
  }
  const { width, height } = edited;
  const sums = boxSums(differences(edited.data, seen.data), { width, height, size: lowPass });
  const limit = alpha * RANGE * lowPass ** 2;
  const data = Uint8Array.from(edited.data);
  for (let pixel = 0; pixel < sums.length; pixel++) {
    if ((sums[pixel] as number) >= limit) continue;
    const at = pixel * 3;
    data[at] = source.data[at] as number;
    data[at + 1] = source.data[at + 1] as number;
    data[at + 2] = source.data[at + 2] as number;
  }
  return { data, width, height };
}

/** Sum over RGB of the absolute differences, by pixel. Plain loops here and below: they see every byte of a clip. */
function differences(first: Uint8Array, second: Uint8Array): Int32Array {
  const sums = new Int32Array(first.length / 3);
  for (let pixel = 0, at = 0; pixel < sums.length; pixel++, at += 3) {
    sums[pixel] =
      Math.abs((first[at] as number) - (second[at] as number)) +
      Math.abs((first[at + 1] as number) - (second[at + 1] as number)) +
      Math.abs((first[at + 2] as number) - (second[at + 2] as number));
  }
  return sums;
}

interface Box {
  readonly width: number;
  readonly height: number;
  readonly size: number;
}

/** A picture's shape and the side of the box. */
interface Box {
  readonly width: number;
  readonly height: number;
  readonly size: number;
}

/** Sums over the box around every pixel, edges repeated: along the rows, then down the columns, row by row. */
function boxSums(values: Int32Array, box: Box): Int32Array {
  const { width, height, size } = box;
  const rows = rowSums(values, box);
  const reach = (size - 1) / 2;
  const startOf = (row: number): number => width * Math.max(0, Math.min(height - 1, row));
  const current = new Int32Array(width);
  for (let row = -reach; row <= reach; row++) {
    const start = startOf(row);
    for (let x = 0; x < width; x++) (current[x] as number) += rows[start + x] as number;
  }
  const sums = new Int32Array(values.length);
  for (let row = 0; row < height; row++) {
    sums.set(current, row * width);
    const [next, past] = [startOf(row + reach + 1), startOf(row - reach)];
    for (let x = 0; x < width; x++) {
      (current[x] as number) += (rows[next + x] as number) - (rows[past + x] as number);
    }
  }
  return sums;
}

/** Sums over the neighbours in the row: of two pixels side by side they differ by two values. */
function rowSums(values: Int32Array, { width, height, size }: Box): Int32Array {
  const reach = (size - 1) / 2;
  const sums = new Int32Array(values.length);
  const line = new Int32Array(width + size);
  for (let row = 0; row < height; row++) {
    const start = row * width;
    line.fill(values[start] as number, 0, reach);
    line.set(values.subarray(start, start + width), reach);
    line.fill(values[start + width - 1] as number, reach + width);
    let sum = 0;
    for (let i = 0; i < size; i++) sum += line[i] as number;
    for (let x = 0; x < width; x++) {
      sums[start + x] = sum;
      sum += (line[x + size] as number) - (line[x] as number);
    }
  }
  return sums;
}
