/** The formats of uploads that are read. */
export type PictureFormat = "JPEG" | "PNG" | "WebP";

/** What the first bytes say a file is: an accepted format, or the name of another for the refusal. */
export type Sniffed =
  | { readonly format: PictureFormat }
  | { readonly format: undefined; readonly looksLike: string };

/** Strings that stand at byte offsets of a file: `[offset, text]` pairs, one byte per character. */
type Magic = readonly (readonly [number, string])[];

const ACCEPTED: readonly (readonly [PictureFormat, Magic])[] = [
  ["JPEG", [[0, "\xff\xd8\xff"]]],
  ["PNG", [[0, "\x89PNG\r\n\x1a\n"]]],
  [
    "WebP",
    [
      [0, "RIFF"],
      [8, "WEBP"],
    ],
  ],
];

// Only for the sentence that says what was wrong.
const KNOWN: readonly (readonly [string, Magic])[] = [
  ["a GIF", [[0, "GIF8"]]],
  ["an AVIF picture", [[4, "ftypavi"]]],
  ["a HEIC picture", [[4, "ftyphei"]]],
  ["a HEIC picture", [[4, "ftypmif1"]]],
  ["a video", [[4, "ftyp"]]],
  ["a video", [[0, "\x1aE\xdf\xa3"]]],
  ["a TIFF", [[0, "II*\0"]]],
  ["a TIFF", [[0, "MM\0*"]]],
  ["a BMP", [[0, "BM"]]],
  ["a JPEG XL picture", [[0, "\xff\x0a"]]],
  ["a PDF", [[0, "%PDF"]]],
  ["an archive", [[0, "PK\x03\x04"]]],
  ["an SVG, XML or HTML document", [[0, "<"]]],
];

const HEAD_BYTES = 64;

/** Tells a file's format by its first bytes; names and declared media types are not asked. */
export function sniffPicture(bytes: Uint8Array): Sniffed {
  const head = Buffer.from(bytes.subarray(0, HEAD_BYTES)).toString("latin1");
  const accepted = ACCEPTED.find(([, magic]) => isAt(head, magic));
  if (accepted !== undefined) return { format: accepted[0] };
  const known = KNOWN.find(([, magic]) => isAt(head, magic));
  return { format: undefined, looksLike: known?.[0] ?? "no picture" };
}

function isAt(head: string, magic: Magic): boolean {
  return magic.every(([offset, text]) => head.startsWith(text, offset));
}

/** Whether a PNG is animated: its acTL chunk stands before the first IDAT. */
export function isAnimatedPng(png: Uint8Array): boolean {
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  // After the 8 bytes of the signature: length (4), name (4), data, checksum (4).
  for (let at = 8; at + 8 <= png.length; at += view.getUint32(at) + 12) {
    const name = view.getUint32(at + 4);
    if (name === ACTL) return true;
    if (name === IDAT) return false;
  }
  return false;
}

const ACTL = 0x61_63_54_4c;
const IDAT = 0x49_44_41_54;
