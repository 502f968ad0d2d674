import { Tokenizer } from "@huggingface/tokenizers";
import { createExactNormalizer, type Normalize, type NormalizerJson } from "./exact-normalizer.ts";
import { createExactPreTokenizer, type PreTokenizerJson } from "./exact-pre-tokenizer.ts";
import { escapePattern } from "./oniguruma-pattern.ts";
import type { AddedTokenJson } from "./special-tokens.ts";

/** A tokenizer.json, as far as it is read here; the library reads the rest. */
export interface TokenizerJson {
  readonly normalizer: NormalizerJson | null;
  readonly pre_tokenizer: PreTokenizerJson | null;
  readonly added_tokens: readonly AddedTokenJson[];
  readonly model: { readonly vocab?: unknown };
}

/** Text to ids and back, without padding or truncation. */
export interface ExactTokenizer {
  encode(text: string): number[];
  decode(ids: readonly number[]): string;
  /** Ids that stand before and after every text. */
  readonly before: readonly number[];
  readonly after: readonly number[];
}

/** What is used of the library; its own declarations do not resolve under Node's rules. */
interface Library {
  readonly model: ((pieces: string[]) => string[]) & { readonly unk_token_id?: number };
  encode(text: string): { ids: number[] };
  decode(ids: number[], options: { skip_special_tokens: boolean }): string;
  token_to_id(token: string): number | undefined;
}

/**
 * A tokenizer with the ids of the original (Rust) tokenizers: the library gives BPE and Unigram, decoding and the
 * frame of special tokens; what comes before them is done here, where the library differs on rare characters.
 * Throws an Error that names what is not supported.
 */
export function createExactTokenizer(json: TokenizerJson, eosToken: string | undefined): ExactTokenizer {
  const library: Library = new Tokenizer(json, { eos_token: eosToken });
  const normalize: Normalize = json.normalizer ? createExactNormalizer(json.normalizer) : (text) => text;
  const split = json.pre_tokenizer ? createExactPreTokenizer(json.pre_tokenizer) : (text: string) => [text];
  const cutRaw = createCutter(json.added_tokens.filter((token) => !token.normalized));
  const cutNormalized = createCutter(
    json.added_tokens
      .filter((token) => token.normalized)
      .map((token) => ({ ...token, content: normalize(token.content) })),
  );
  const idsOf = (piece: string): number[] =>
    library.model([piece]).map((token) => library.token_to_id(token) ?? library.model.unk_token_id ?? 0);
  const encode = (text: string): number[] =>
    cutRaw([{ text, isFirst: true }])
      .flatMap((section) =>
        "id" in section ? [section] : cutNormalized([{ ...section, text: normalize(section.text) }]),
      )
      .flatMap((section) => {
        if ("id" in section) return [section.id];
        // Normalization may leave nothing, which gets no word mark either.
        return section.text === "" ? [] : split(section.text, section.isFirst).flatMap(idsOf);
      });
  return {
    encode,
    decode: (ids) => library.decode([...ids], { skip_special_tokens: true }),
    ...frameOf(library.encode("a").ids, encode("a")),
  };
}

/** A stretch of text, or an added token that was cut out of it. */
type Section = { readonly text: string; readonly isFirst: boolean } | { readonly id: number };

/** Cuts added tokens out of texts, the longest one that fits first. */
function createCutter(tokens: readonly AddedTokenJson[]): (sections: Section[]) => Section[] {
  if (tokens.length === 0) return (sections) => sections;
  const ids = new Map(tokens.map(({ content, id }) => [content, id]));
  const contents = [...ids.keys()].sort((a, b) => b.length - a.length);
  const pattern = new RegExp(`(${contents.map(escapePattern).join("|")})`, "u");
  return (sections) =>
    sections.flatMap((section) => {
      if ("id" in section) return [section];
      return section.text.split(pattern).flatMap((text, index): Section[] => {
        const id = index % 2 === 1 ? ids.get(text) : undefined;
        if (id !== undefined) return [{ id }];
        return text === "" ? [] : [{ text, isFirst: section.isFirst && index === 0 }];
      });
    });
}

/** What a whole encoding has around its content. */
function frameOf(whole: readonly number[], content: readonly number[]) {
  const start = whole.findIndex((_, index) => content.every((id, offset) => whole[index + offset] === id));
  return { before: whole.slice(0, start), after: whole.slice(start + content.length) };
}
