import { AppError, errorMessage } from "@kinora/errors";
import type { JsonObject, ModelFolder } from "@kinora/inference";
import { clipTokenizerJson } from "./clip-tokenizer-json.ts";
import { createExactTokenizer, type TokenizerJson } from "./exact-tokenizer.ts";
import {
  type AddedTokenJson,
  completeAddedTokens,
  readSpecialTokens,
  type SpecialTokens,
} from "./special-tokens.ts";

/** A prompt as a text encoder takes it. */
export interface SubwordPrompt {
  /** Exactly as many as were asked for: cut or padded on the right. */
  readonly ids: number[];
  /** The end of the prompt that did not fit, as the tokenizer reads it; "" if all of it did. */
  readonly cut: string;
}

/** Text to the ids that transformers' fast tokenizer of the same folder gives. */
export interface SubwordTokenizer {
  /** `model_max_length`; Infinity where the folder sets no limit. */
  readonly maxLength: number;
  encode(text: string, length: number): SubwordPrompt;
}

/** From this `model_max_length` on, transformers means "no limit". */
const NO_LIMIT = 1e20;

/**
 * Loads `component`/tokenizer.json, or vocab.json and merges.txt where that is all there is.
 * Throws `model_invalid` naming the folder of the tokenizer.
 */
export async function loadSubwordTokenizer(
  folder: ModelFolder,
  component: string,
): Promise<SubwordTokenizer> {
  const config = await folder.config(component);
  const mapPath = `${component}/special_tokens_map.json`;
  const map = folder.has(mapPath) ? ((await folder.readJson(mapPath)) as JsonObject) : {};
  const special = readSpecialTokens(config, map);
  try {
    const json = await readTokenizerJson(folder, component, special);
    return createSubwordTokenizer(json, config, special);
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError("model_invalid", {
      model: folder.name,
      reason: `${component}/: ${errorMessage(error)}`,
    });
  }
}

async function readTokenizerJson(
  folder: ModelFolder,
  component: string,
  special: SpecialTokens,
): Promise<TokenizerJson> {
  const path = `${component}/tokenizer.json`;
  if (folder.has(path)) return (await folder.readJson(path)) as TokenizerJson;
  return clipTokenizerJson({
    vocab: (await folder.readJson(`${component}/vocab.json`)) as Record<string, number>,
    merges: await folder.readText(`${component}/merges.txt`),
    bos: special.bos_token ?? "<|startoftext|>",
    eos: special.eos_token ?? "<|endoftext|>",
    unk: special.unk_token ?? "<|endoftext|>",
  });
}

function createSubwordTokenizer(
  json: Omit<TokenizerJson, "added_tokens"> & { readonly added_tokens?: readonly AddedTokenJson[] },
  config: JsonObject,
  special: SpecialTokens,
): SubwordTokenizer {
  const vocabulary = vocabularyOf(json.model);
  const idOf = (token: string): number | undefined => vocabulary.get(token);
  const added = completeAddedTokens(json.added_tokens ?? [], config, { special, idOf });
  const padId = added.find(({ content }) => content === special.pad_token)?.id;
  if (padId === undefined) throw new Error("tokenizer_config.json must have a pad_token of the vocabulary.");
  const { encode, decode, before, after } = createExactTokenizer(
    { ...json, added_tokens: added },
    special.eos_token,
  );
  const { model_max_length: limit } = config;
  return {
    maxLength: typeof limit === "number" && limit < NO_LIMIT ? limit : Number.POSITIVE_INFINITY,
    encode(text, length) {
      const content = encode(text.toWellFormed());
      const room = length - before.length - after.length;
      const ids = [...before, ...content.slice(0, room), ...after];
      const rest = content.slice(room);
      return {
        ids: [...ids, ...Array.from({ length: length - ids.length }, () => padId)],
        cut: rest.length === 0 ? "" : decode(rest).trim(),
      };
    },
  };
}

/** BPE has tokens with ids, Unigram has them in order, with scores. */
function vocabularyOf(model: TokenizerJson["model"]): Map<string, number> {
  if (Array.isArray(model.vocab)) {
    return new Map(model.vocab.map(([token]: [string, number], id) => [token, id]));
  }
  return new Map(Object.entries((model.vocab ?? {}) as Record<string, number>));
}
