/** Bytes that sniffClip looks at. */
export const SNIFFED_BYTES = 16;

const KNOWN: readonly (readonly [pattern: RegExp, looksLike: string])[] = [
  [/^#EXTM3U/, "an HLS playlist"],
  [/^ffconcat/, "a list of files"],
  [/^\x1aE\xdf\xa3/s, "WebM or Matroska"],
  [/^RIFF.{4}AVI/s, "AVI"],
  [/^RIFF.{4}WEBP/s, "a WebP picture"],
  [/^GIF8/, "a GIF"],
  [/^\x89PNG/s, "a PNG picture"],
  [/^\xff\xd8\xff/s, "a JPEG picture"],
  [/^(?:ID3|\xff[\xfb\xf3\xf2])/s, "MP3"],
  [/^OggS/, "Ogg"],
  [/^\0\0\x01[\xb0-\xbf]/s, "an MPEG stream"],
  [/^(?:<\?xml|<!|<html)/i, "HTML or XML"],
  [/^[\x09\x0a\x0d\x20-\x7e]+$/, "text"],
];

/** Whether a file begins as an MP4 does, by its first 16 bytes; otherwise what it looks like. */
export function sniffClip(head: Uint8Array): { readonly isMp4: true } | { readonly looksLike: string } {
  const text = Buffer.from(head.subarray(0, SNIFFED_BYTES)).toString("latin1");
  if (text.slice(4, 8) === "ftyp") return { isMp4: true };
  return { looksLike: KNOWN.find(([pattern]) => pattern.test(text))?.[1] ?? "no video" };
}
