import { AppError } from "@kinora/errors";
import type { ModelFolder } from "@kinora/inference";
import { createNearWords, type ReadWord } from "./near-words.ts";

/** A prompt as the text encoder takes it. */
export interface TokenizedPrompt {
  /** int64 [1, L] */
  readonly ids: BigInt64Array;
  /** The words as typed, in lower case and in order. */
  readonly words: readonly string[];
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
  readonly length: number;
  readonly padId: number;
  readonly nullId: number;
  readonly unknownId: number;
}

/** Runs of letters and digits: what the tokenizer takes for words. */
const WORD = /[\p{L}\p{N}]+/gu;

/**
 * Reads tokenizer.json, tokenizer_config.json and, if it is there, near_words.json of a word-level tokenizer.
 * Throws `model_invalid` naming the file and what was expected.
 */
export async function loadWordTokenizer(
  folder: ModelFolder,
  component = "tokenizer",
): Promise<PromptTokenizer> {
  const json = await folder.readJson(`${component}/tokenizer.json`);
  const config = await folder.readJson(`${component}/tokenizer_config.json`);
  const files = readFiles({ model: folder.name, component }, json, config);
  const read = await loadNearWords(folder, component, files.vocabulary);
  return {
    tokenize(prompt) {
      const words: readonly string[] = prompt.normalize("NFC").toLowerCase().match(WORD) ?? [];
      const readings = new Map(words.map((word) => [word, read(word)]));
      const known = words.map((word) => files.vocabulary.get(readings.get(word) ?? word) ?? files.unknownId);
      const ids = words.length === 0 ? [files.nullId] : known;
      const padded = Array.from({ length: files.length }, (_, index) => BigInt(ids[index] ?? files.padId));
      return {
        ids: BigInt64Array.from(padded),
        words,
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
  component: string,
  vocabulary: ReadonlyMap<string, number>,
): Promise<ReadWord> {
  const words = [...vocabulary].sort(([, a], [, b]) => a - b).map(([word]) => word);
  if (!folder.has(`${component}/near_words.json`)) return (word) => (vocabulary.has(word) ? word : undefined);
  return createNearWords(folder.name, await folder.readJson(`${component}/near_words.json`), words);
}

function readFiles(
  { model, component }: { model: string; component: string },
  json: unknown,
  config: unknown,
): TokenizerFiles {
  const { model: wordModel } = json as { model?: { type?: string; vocab?: Record<string, number> } };
  const { model_max_length: length } = config as { model_max_length?: number };
  const vocabulary = new Map(Object.entries(wordModel?.vocab ?? {}));
  const idOf = (token: string): number => {
    const id = vocabulary.get(token);
    if (id === undefined) {
      throw new AppError("model_invalid", {
        model,
        reason: `${component}/tokenizer.json: token ${token} is missing.`,
      });
    }
    return id;
  };
  if (wordModel?.type !== "WordLevel" || typeof length !== "number") {
    throw new AppError("model_invalid", {
      model,
      reason: `${component}/: expected a WordLevel tokenizer.json and a model_max_length in tokenizer_config.json.`,
    });
  }
  const [padId, nullId, unknownId] = [idOf("<pad>"), idOf("<null>"), idOf("<unk>")];
  return { vocabulary, length, padId, nullId, unknownId };
}
