/** A part of a file by offsets, both included. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

const SINGLE_RANGE = /^bytes=(\d{0,15})-(\d{0,15})$/;

/**
 * What a Range header asks of a file of `sizeBytes` (RFC 9110, 14.2): a range, "all" when there is
 * none that must be honoured (absent, another unit, several ranges), or "unsatisfiable".
 */
export function parseByteRange(
  header: string | undefined,
  sizeBytes: number,
): ByteRange | "all" | "unsatisfiable" {
  const match = SINGLE_RANGE.exec(header?.trim() ?? "");
  if (!match) return "all";
  const [, first = "", last = ""] = match;
  if (first === "") {
    if (last === "") return "all";
    const length = Math.min(Number(last), sizeBytes);
    return length === 0 ? "unsatisfiable" : { start: sizeBytes - length, end: sizeBytes - 1 };
  }
  const start = Number(first);
  const end = last === "" ? sizeBytes - 1 : Math.min(Number(last), sizeBytes - 1);
  // An end before its start makes the header invalid, and an invalid Range is ignored.
  if (last !== "" && Number(last) < start) return "all";
  return start >= sizeBytes ? "unsatisfiable" : { start, end };
}
