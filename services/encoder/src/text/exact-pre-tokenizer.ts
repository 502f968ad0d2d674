import { escapePattern, patternOf } from "./oniguruma-pattern.ts";

/** The `pre_tokenizer` of a tokenizer.json. */
export interface PreTokenizerJson {
  readonly type: string;
  readonly pretokenizers?: readonly PreTokenizerJson[];
  readonly pattern?: { readonly Regex?: string; readonly String?: string };
  readonly behavior?: string;
  readonly invert?: boolean;
  readonly add_prefix_space?: boolean;
  readonly use_regex?: boolean;
  readonly replacement?: string;
  readonly prepend_scheme?: "always" | "first" | "never";
  readonly split?: boolean;
}

/** Splits one piece; `isFirst`: it begins the text. */
export type SplitText = (text: string, isFirst: boolean) => string[];

/** The words of GPT-2, which ByteLevel splits into unless told not to. */
const GPT2_WORDS = "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";

/**
 * A pre-tokenizer that splits as the original (Rust) tokenizers does; the library's own differs in white space and
 * does not split at word marks. Throws an Error naming a type that is not supported.
 */
export function createExactPreTokenizer(json: PreTokenizerJson): SplitText {
  switch (json.type) {
    case "Sequence": {
      const steps = (json.pretokenizers ?? []).map(createExactPreTokenizer);
      return (text, isFirst) =>
        steps.reduce(
          (pieces, step) => pieces.flatMap((piece, index) => step(piece, isFirst && index === 0)),
          [text],
        );
    }
    case "Split":
      return createPatternSplit(json);
    case "WhitespaceSplit":
      return (text) => text.match(/\P{White_Space}+/gu) ?? [];
    case "ByteLevel":
      return createByteLevel(json);
    case "Metaspace":
      return createMetaspace(json);
    default:
      throw new Error(`pre_tokenizer ${json.type} is not supported.`);
  }
}

function createPatternSplit({ pattern = {}, behavior = "", invert = false }: PreTokenizerJson): SplitText {
  const regex = patternOf(pattern);
  const removed = behavior.toLowerCase() === "removed";
  if (!removed && behavior.toLowerCase() !== "isolated") {
    throw new Error(`pre_tokenizer Split with behavior ${behavior} is not supported.`);
  }
  return (text) =>
    piecesOf(text, regex)
      .filter(({ isMatch }) => !removed || isMatch === invert)
      .map(({ piece }) => piece);
}

/** Matches and what lies between them, in order. */
function piecesOf(text: string, regex: RegExp): { piece: string; isMatch: boolean }[] {
  const pieces: { piece: string; isMatch: boolean }[] = [];
  let end = 0;
  for (const { 0: match, index } of text.matchAll(regex)) {
    if (index > end) pieces.push({ piece: text.slice(end, index), isMatch: false });
    if (match !== "") pieces.push({ piece: match, isMatch: true });
    end = index + match.length;
  }
  if (end < text.length) pieces.push({ piece: text.slice(end), isMatch: false });
  return pieces;
}

function createByteLevel(json: PreTokenizerJson): SplitText {
  const words = patternOf({ Regex: GPT2_WORDS });
  return (text) => {
    const whole = json.add_prefix_space && !text.startsWith(" ") ? ` ${text}` : text;
    const pieces = json.use_regex === false ? [whole] : piecesOf(whole, words).map(({ piece }) => piece);
    return pieces.map(toByteCharacters);
  };
}

/** Every byte of the text's UTF-8 as one visible character. */
function toByteCharacters(text: string): string {
  return Array.from(Buffer.from(text, "utf8"), (byte) => BYTE_CHARACTERS[byte]).join("");
}

/** GPT-2's characters of the bytes: printable Latin-1 stands for itself, the rest follows from U+0100 on. */
const BYTE_CHARACTERS = ((): string[] => {
  let next = 256;
  return Array.from({ length: 256 }, (_, byte) => {
    const isPrintable = (byte > 0x20 && byte < 0x7f) || (byte > 0xa0 && byte !== 0xad);
    return String.fromCharCode(isPrintable ? byte : next++);
  });
})();

/** Spaces become a mark, and every mark begins a piece. */
function createMetaspace(json: PreTokenizerJson): SplitText {
  const { replacement = "\u2581", split = true, add_prefix_space: legacy = true } = json;
  const scheme = json.prepend_scheme ?? (legacy ? "always" : "never");
  const mark = escapePattern(replacement);
  const parts = new RegExp(`${mark}?[^${mark}]+|${mark}`, "gu");
  return (text, isFirst) => {
    const marked = text.replaceAll(" ", replacement);
    const isPrepended = scheme === "always" || (scheme === "first" && isFirst);
    const whole = isPrepended && !marked.startsWith(replacement) ? replacement + marked : marked;
    return split ? (whole.match(parts) ?? []) : [whole];
  };
}
