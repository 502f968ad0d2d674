import type { GetOptions } from "./object-store.ts";
import { StorageBug } from "./storage-error.ts";

/** A part of an object: both offsets inclusive, within the object. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** Whether the options ask for a part rather than the whole object. */
export function asksForRange(options: GetOptions): boolean {
  return (options.start ?? 0) > 0 || options.end !== undefined;
}

/** Throws a bug for offsets that no object could satisfy. */
export function assertRange(options: GetOptions): void {
  const { start = 0, end = Number.MAX_SAFE_INTEGER } = options;
  const whole = Number.isSafeInteger(start) && Number.isSafeInteger(end);
  if (!whole || start < 0 || end < start) {
    throw new StorageBug(`Bytes ${start}-${options.end ?? ""} are not a range.`);
  }
}

/** The bytes that the options mean in an object of `sizeBytes`; undefined when they mean none of an empty one. */
export function resolveRange(options: GetOptions, sizeBytes: number): ByteRange | undefined {
  if (!asksForRange(options)) return sizeBytes === 0 ? undefined : { start: 0, end: sizeBytes - 1 };
  const { start = 0, end = sizeBytes - 1 } = options;
  if (start >= sizeBytes) throw rangePastEnd(start);
  return { start, end: Math.min(end, sizeBytes - 1) };
}

/** The bug of reading behind an object's last byte. */
export function rangePastEnd(start: number): Error {
  return new StorageBug(`The range starts at byte ${start}, at or past the object's end.`);
}
