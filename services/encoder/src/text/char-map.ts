/** A SentencePiece character map: what each text of up to a few characters becomes. */
export interface CharMap {
  /** The replacement of `text`, or undefined where the map has none. */
  replacementOf(text: string): string | undefined;
}

/** Graphemes of this many bytes or more are looked up by code point only. */
const LONGEST_GRAPHEME_BYTES = 6;
const segmenter = new Intl.Segmenter("und", { granularity: "grapheme" });
const utf8 = new TextEncoder();

/**
 * Reads `precompiled_charsmap` of a tokenizer.json: base64 of a Darts double-array trie (its size in bytes, then
 * 32-bit units) and of the replacements, each ended by a zero. Throws RangeError if it is cut short.
 */
export function parseCharMap(base64: string): CharMap {
  const bytes = Buffer.from(base64, "base64");
  const trieBytes = bytes.readUInt32LE(0);
  const units = Uint32Array.from({ length: trieBytes / 4 }, (_, i) => bytes.readUInt32LE(4 + 4 * i));
  const texts = bytes.subarray(4 + trieBytes);
  return {
    replacementOf(text) {
      const start = shortestMatch(units, utf8.encode(text));
      if (start === undefined) return undefined;
      return texts.subarray(start, texts.indexOf(0, start)).toString("utf8");
    },
  };
}

/**
 * Normalizes as tokenizers' Precompiled does: whole graphemes first, then code points, and the replacement of the
 * shortest prefix that the map knows stands for the whole piece.
 */
export function applyCharMap(map: CharMap, text: string): string {
  let result = "";
  for (const { segment } of segmenter.segment(text)) {
    const whole =
      utf8.encode(segment).length < LONGEST_GRAPHEME_BYTES ? map.replacementOf(segment) : undefined;
    if (whole !== undefined) result += whole;
    else for (const character of segment) result += map.replacementOf(character) ?? character;
  }
  return result;
}

/** Value of the shortest prefix of `key` in a Darts trie. */
function shortestMatch(units: Uint32Array, key: Uint8Array): number | undefined {
  let unit = units[0] ?? 0;
  let node = offsetOf(unit);
  for (const byte of key) {
    if (byte === 0) return undefined;
    node ^= byte;
    unit = units[node] ?? 0;
    // The label is the low byte; the top bit marks a value, which never matches.
    if ((unit & 0x800000ff) >>> 0 !== byte) return undefined;
    node ^= offsetOf(unit);
    if ((unit >>> 8) & 1) return (units[node] ?? 0) & 0x7fffffff;
  }
  return undefined;
}

function offsetOf(unit: number): number {
  return (unit >>> 10) << ((unit & 0x200) >>> 6);
}
