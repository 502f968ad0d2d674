/** What a folder without tokenizer.json has in its place. */
export interface ClipVocabulary {
  /** vocab.json */
  readonly vocab: Readonly<Record<string, number>>;
  /** merges.txt */
  readonly merges: string;
  readonly bos: string;
  readonly eos: string;
  readonly unk: string;
}

/** CLIP's tokenizer takes this many merges, however many the file has. */
const MERGES = 49152 - 256 - 2;

/** Words, digits one by one, and runs of everything else. */
const CLIP_WORDS = "'s|'t|'re|'ve|'m|'ll|'d|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+";

/**
 * The tokenizer.json that transformers makes of a CLIP vocab.json and merges.txt (CLIPConverter), as parsed JSON.
 * Throws an Error if the vocabulary lacks the tokens of beginning and end.
 */
export function clipTokenizerJson({ vocab, merges, bos, eos, unk }: ClipVocabulary) {
  const idOf = (token: string): number => {
    const id = vocab[token];
    if (id === undefined) throw new Error(`vocab.json must have the token ${token}.`);
    return id;
  };
  return {
    added_tokens: [],
    normalizer: {
      type: "Sequence",
      normalizers: [
        { type: "NFC" },
        { type: "Replace", pattern: { Regex: "\\s+" }, content: " " },
        { type: "Lowercase" },
      ],
    },
    pre_tokenizer: {
      type: "Sequence",
      pretokenizers: [
        { type: "Split", pattern: { Regex: CLIP_WORDS }, behavior: "Removed", invert: true },
        { type: "ByteLevel", add_prefix_space: false, use_regex: true },
      ],
    },
    model: {
      type: "BPE",
      unk_token: unk,
      continuing_subword_prefix: "",
      end_of_word_suffix: "</w>",
      fuse_unk: false,
      vocab,
      merges: readMerges(merges),
    },
    post_processor: {
      type: "RobertaProcessing",
      sep: [eos, idOf(eos)],
      cls: [bos, idOf(bos)],
      trim_offsets: false,
      add_prefix_space: false,
    },
    decoder: { type: "ByteLevel" },
  };
}

/** The first line is a version. */
function readMerges(text: string): string[][] {
  const lines = text
    .trim()
    .split("\n")
    .slice(1, MERGES + 1);
  return lines.map((line) => line.split(/\s+/).filter((part) => part !== ""));
}
