import { AppError } from "@kinora/errors";
import { editDistance } from "./edit-distance.ts";

const LETTERS = /^\p{L}+$/u;

/** tokenizer/near_words.json. */
interface NearWordsFile {
  readonly synonyms: Readonly<Record<string, string>>;
  readonly never: readonly string[];
  readonly edits: readonly { readonly min_length: number; readonly max_edits: number }[];
  readonly shortest_candidate: number;
}

/** Reads a word (NFC, lower case) as one of the vocabulary; undefined where none is near. */
export type ReadWord = (word: string) => string | undefined;

/**
 * The rules of tokenizer/near_words.json (training/README.md, "Words outside the vocabulary"): known
 * words, synonyms, then accents left out, then a few typing errors. `vocabulary` is in the order of ids.
 * Throws `model_invalid` if the file is not what it should be.
 */
export function createNearWords(model: string, content: unknown, vocabulary: readonly string[]): ReadWord {
  if (!isNearWordsFile(content)) {
    const reason =
      "tokenizer/near_words.json must have version 1, synonyms, never, edits and shortest_candidate.";
    throw new AppError("model_invalid", { model, reason });
  }
  const known = new Set(vocabulary);
  const synonyms = new Map(Object.entries(content.synonyms));
  const never = new Set(content.never);
  const candidates = vocabulary.filter(
    (word) => LETTERS.test(word) && lengthOf(word) >= content.shortest_candidate,
  );
  return (word) => {
    if (known.has(word)) return word;
    const synonym = synonyms.get(word);
    if (synonym !== undefined) return synonym;
    if (never.has(word) || !LETTERS.test(word)) return undefined;
    const bare = withoutAccents(word);
    const allowed = content.edits.filter(({ min_length }) => lengthOf(word) >= min_length);
    const most = Math.max(0, ...allowed.map(({ max_edits }) => max_edits));
    return (
      candidates.find((candidate) => withoutAccents(candidate) === bare) ?? nearest(word, candidates, most)
    );
  };
}

function isNearWordsFile(content: unknown): content is NearWordsFile {
  const file = content as Partial<NearWordsFile & { version: number }> | null;
  return (
    file?.version === 1 &&
    typeof file.synonyms === "object" &&
    Array.isArray(file.never) &&
    Array.isArray(file.edits) &&
    typeof file.shortest_candidate === "number"
  );
}

/** The candidate with the fewest edits, then the longest common beginning, then the first. */
function nearest(word: string, candidates: readonly string[], mostEdits: number): string | undefined {
  let best: { readonly word: string; readonly edits: number; readonly prefix: number } | undefined;
  for (const candidate of candidates) {
    if (Math.abs(lengthOf(candidate) - lengthOf(word)) > mostEdits) continue;
    const edits = editDistance(word, candidate);
    if (edits > mostEdits) continue;
    const prefix = commonPrefix(word, candidate);
    if (!best || edits < best.edits || (edits === best.edits && prefix > best.prefix)) {
      best = { word: candidate, edits, prefix };
    }
  }
  return best?.word;
}

function commonPrefix(first: string, second: string): number {
  const other = Array.from(second);
  const letters = Array.from(first);
  const end = letters.findIndex((letter, index) => letter !== other[index]);
  return end < 0 ? letters.length : end;
}

function withoutAccents(word: string): string {
  return word.normalize("NFD").replace(/\p{M}/gu, "");
}

function lengthOf(word: string): number {
  return Array.from(word).length;
}
