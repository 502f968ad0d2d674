import { Tokenizer } from "@huggingface/tokenizers";
import { AppError } from "@kinora/errors";
import type { ModelFolder } from "@kinora/inference";
import { createNearWords, type ReadWord } from "./near-words.ts";

/** A prompt as the text encoder takes it. */
export interface TokenizedPrompt {
  /** int64 [1, L] */
  readonly ids: BigInt64Array;
  /** Words that the vocabulary lacks and that are near none of its own, in order, each once. */
  readonly unknownWords: readonly string[];
  /** Typed words that were read as others of the vocabulary, in order, each once. */
  readonly nearWords: ReadonlyMap<string, string>;
  /** Words beyond the length limit. */
  readonly droppedWords: readonly string[];
}

/** Text to token ids, by the tokenizer of a model folder. */
export interface PromptTokenizer {
  /** Blank text becomes the unconditional row. */
  tokenize(prompt: string): TokenizedPrompt;
}

interface TokenizerFiles {
  readonly vocabulary: ReadonlyMap<string, number>;
  readonly tokenizer: Tokenizer;
  readonly length: number;
  readonly padId: number;
  readonly nullId: number;
}

/** Runs of letters and digits: what the tokenizer takes for words. */
const WORD = /[\p{L}\p{N}]+/gu;

/** Reads tokenizer/tokenizer.json and tokenizer_config.json of a word-level tokenizer. */
export async function loadWordTokenizer(folder: ModelFolder): Promise<PromptTokenizer> {
  const json = await folder.readJson("tokenizer/tokenizer.json");
  const config = await folder.readJson("tokenizer/tokenizer_config.json");
  const files = readFiles(folder.name, json, config);
  const read = await loadNearWords(folder, files.vocabulary);
  return {
    tokenize(prompt) {
      const words: readonly string[] = prompt.normalize("NFC").toLowerCase().match(WORD) ?? [];
      const readings = new Map(words.map((word) => [word, read(word)]));
      const text = words.map((word) => readings.get(word) ?? word).join(" ");
      const ids = words.length === 0 ? [files.nullId] : files.tokenizer.encode(text).ids;
      const padded = Array.from({ length: files.length }, (_, index) => BigInt(ids[index] ?? files.padId));
      return {
        ids: BigInt64Array.from(padded),
        unknownWords: [...readings].flatMap(([word, reading]) => (reading === undefined ? [word] : [])),
        nearWords: new Map(
          [...readings].flatMap(([word, reading]) =>
            reading === undefined || reading === word ? [] : [[word, reading]],
          ),
        ),
        droppedWords: words.slice(files.length),
      };
    },
  };
}

/** Families without tokenizer/near_words.json know their own words only. */
async function loadNearWords(
  folder: ModelFolder,
  vocabulary: ReadonlyMap<string, number>,
): Promise<ReadWord> {
  const words = [...vocabulary].sort(([, a], [, b]) => a - b).map(([word]) => word);
  if (!folder.has("tokenizer/near_words.json")) return (word) => (vocabulary.has(word) ? word : undefined);
  return createNearWords(folder.name, await folder.readJson("tokenizer/near_words.json"), words);
}

function readFiles(model: string, json: unknown, config: unknown): TokenizerFiles {
  const { model: wordModel } = json as { model?: { type?: string; vocab?: Record<string, number> } };
  const { model_max_length: length } = config as { model_max_length?: number };
  const vocabulary = new Map(Object.entries(wordModel?.vocab ?? {}));
  const idOf = (token: string): number => {
    const id = vocabulary.get(token);
    if (id === undefined) {
      throw new AppError("model_invalid", {
        model,
        reason: `tokenizer/tokenizer.json: token ${token} is missing.`,
      });
    }
    return id;
  };
  if (wordModel?.type !== "WordLevel" || typeof length !== "number") {
    throw new AppError("model_invalid", {
      model,
      reason:
        "tokenizer/: expected a WordLevel tokenizer.json and a model_max_length in tokenizer_config.json.",
    });
  }
  const tokenizer = new Tokenizer(withoutPadding(json), config as object);
  return { vocabulary, tokenizer, length, padId: idOf("<pad>"), nullId: idOf("<null>") };
}

/** Padding and truncation are done here, where what was dropped can be told. */
function withoutPadding(json: unknown): object {
  return { ...(json as object), padding: null, truncation: null };
}
