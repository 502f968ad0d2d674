/** The formats of uploads that are read. */
export type PictureFormat = "JPEG" | "PNG" | "WebP";

/** What the first bytes say a file is: an accepted format, or the name of another for the refusal. */
export type Sniffed =
  | { readonly format: PictureFormat }
  | { readonly format: undefined; readonly looksLike: string };

const ACCEPTED: readonly (readonly [PictureFormat, RegExp])[] = [
  ["JPEG", /^\xff\xd8\xff/],
  ["PNG", /^\x89PNG\r\n\x1a\n/],
  ["WebP", /^RIFF[^]{4}WEBP/],
];

// Only for the sentence that says what was wrong.
const KNOWN: readonly (readonly [string, RegExp])[] = [
  ["a GIF", /^GIF8/],
  ["an AVIF or HEIC picture", /^[^]{4}ftyp(avi[fs]|hei[cfsx]|mif1|msf1)/],
  ["a video", /^([^]{4}ftyp|\x1a\x45\xdf\xa3|RIFF[^]{4}AVI )/],
  ["a TIFF", /^(II\*\0|MM\0\*)/],
  ["a BMP", /^BM/],
  ["a JPEG XL picture", /^(\xff\x0a|\0\0\0\x0cJXL )/],
  ["a PDF", /^%PDF/],
  ["an archive", /^(PK\x03\x04|\x1f\x8b)/],
  ["an SVG, XML or HTML document", /^(\xef\xbb\xbf)?\s*</],
];

const HEAD_BYTES = 64;

/** Tells a file's format by its first bytes; names and declared media types are not asked. */
export function sniffPicture(bytes: Uint8Array): Sniffed {
  const head = Buffer.from(bytes.subarray(0, HEAD_BYTES)).toString("latin1");
  const accepted = ACCEPTED.find(([, magic]) => magic.test(head));
  if (accepted !== undefined) return { format: accepted[0] };
  const known = KNOWN.find(([, magic]) => magic.test(head));
  return { format: undefined, looksLike: known?.[0] ?? "no picture" };
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
