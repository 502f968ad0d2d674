import { applyCharMap, parseCharMap } from "./char-map.ts";
import { patternOf } from "./oniguruma-pattern.ts";

/** The `normalizer` of a tokenizer.json. */
export interface NormalizerJson {
  readonly type: string;
  readonly normalizers?: readonly NormalizerJson[];
  readonly pattern?: { readonly Regex?: string; readonly String?: string };
  readonly content?: string;
  readonly prepend?: string;
  readonly strip_left?: boolean;
  readonly strip_right?: boolean;
  readonly precompiled_charsmap?: string | null;
}

/** Text to the text that is looked up. */
export type Normalize = (text: string) => string;

/**
 * A normalizer that gives what the original (Rust) tokenizers gives; the library's own differs in lower case, white
 * space and SentencePiece's character maps. Throws an Error naming a type that is not supported.
 */
export function createExactNormalizer(json: NormalizerJson): Normalize {
  switch (json.type) {
    case "Sequence": {
      const steps = (json.normalizers ?? []).map(createExactNormalizer);
      return (text) => steps.reduce((current, step) => step(current), text);
    }
    case "NFC":
    case "NFD":
    case "NFKC":
    case "NFKD": {
      const form = json.type;
      return (text) => text.normalize(form);
    }
    case "Lowercase":
      return lowercase;
    case "Replace": {
      const pattern = patternOf(json.pattern ?? {});
      // A function, because $ in a replacement string has a meaning.
      return (text) => text.replaceAll(pattern, () => json.content ?? "");
    }
    case "Prepend":
      return (text) => (text === "" ? text : (json.prepend ?? "") + text);
    case "Strip":
      return createStrip(json);
    case "Precompiled": {
      const charMap = json.precompiled_charsmap ? parseCharMap(json.precompiled_charsmap) : undefined;
      return (text) => (charMap ? applyCharMap(charMap, text) : text);
    }
    default:
      throw new Error(`normalizer ${json.type} is not supported.`);
  }
}

/** Code point by code point, so that a sigma at the end of a word stays the common one. */
function lowercase(text: string): string {
  return Array.from(text, (character) => character.toLowerCase()).join("");
}

function createStrip({ strip_left: left, strip_right: right }: NormalizerJson): Normalize {
  return (text) => {
    const begun = left ? text.replace(/^\p{White_Space}+/u, "") : text;
    return right ? begun.replace(/\p{White_Space}+$/u, "") : begun;
  };
}
