import { readSync } from "node:fs";

const WINDOW_BYTES = 1 << 16;

/** Single bytes of an open file, read in pieces; undefined past its end. */
export function createFileWindow(fd: number, size: number): (position: number) => number | undefined {
  const window = Buffer.alloc(Math.min(WINDOW_BYTES, size));
  let start = 0;
  let end = 0;
  return (position) => {
    if (position < start || position >= end) {
      start = position;
      end = position + readSync(fd, window, 0, window.length, position);
    }
    return end === start ? undefined : window[position - start];
  };
}
