/** A picture in memory: rows of RGB bytes from the top, `data.length` = width x height x 3. */
export interface RawPicture {
  readonly data: Uint8Array;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
}

/** Throws a bug unless the data are as long as the size says. */
export function assertRawPicture({ data, width, height }: RawPicture): void {
  if (data.length !== width * height * 3) {
    throw new Error(`${data.length} bytes are no ${width}x${height} RGB picture. This is a bug.`);
  }
}
