/** Bytes that sniffClip looks at. */
export const SNIFFED_BYTES = 16;

/** How files of other kinds begin, byte by byte as latin1; "." stands for any byte. */
const KNOWN: readonly (readonly [begins: string, looksLike: string])[] = [
  ["#EXTM3U", "an HLS playlist"],
  ["ffconcat", "a list of files"],
  ["\x1aE\xdf\xa3", "WebM or Matroska"],
  ["RIFF....AVI", "AVI"],
  ["RIFF....WEBP", "a WebP picture"],
  ["GIF8", "a GIF"],
  ["\x89PNG", "a PNG picture"],
  ["\xff\xd8\xff", "a JPEG picture"],
  ["ID3", "MP3"],
  ["\xff\xfb", "MP3"],
  ["OggS", "Ogg"],
  ["\0\0\x01", "an MPEG stream"],
  ["<", "HTML or XML"],
];

/** Whether a file begins as an MP4 does, by its first 16 bytes; otherwise what it looks like. */
export function sniffClip(head: Uint8Array): { readonly isMp4: true } | { readonly looksLike: string } {
  const text = Buffer.from(head.subarray(0, SNIFFED_BYTES)).toString("latin1");
  if (text.slice(4, 8) === "ftyp") return { isMp4: true };
  const known = KNOWN.find(([begins]) => startsLike(text, begins));
  return { looksLike: known?.[1] ?? (isText(head) ? "text" : "no video") };
}

function startsLike(text: string, begins: string): boolean {
  const fits = (unit: string, at: number) => unit === "." || unit === text[at];
  return text.length >= begins.length && begins.split("").every(fits);
}

/** Printable ASCII with line breaks and tabs, and nothing else. */
function isText(head: Uint8Array): boolean {
  return head.every((byte) => (byte >= 0x20 && byte < 0x7f) || [0x09, 0x0a, 0x0d].includes(byte));
}
