import { expect, it } from "vitest";
import { createExactNormalizer } from "./exact-normalizer.ts";
import { createExactPreTokenizer } from "./exact-pre-tokenizer.ts";

const words = createExactPreTokenizer({
  type: "Split",
  pattern: { Regex: "'s|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+" },
  behavior: "Removed",
  invert: true,
});

it("takes for white space what Unicode does", () => {
  expect(words("a\u0085b c", true)).toEqual(["a", "b", "c"]);
  expect(words("a\ufeffb", true)).toEqual(["a", "\ufeff", "b"]);
  const spaces = createExactNormalizer({ type: "Replace", pattern: { Regex: "\\s+" }, content: "$&" });
  expect(spaces("a \u0085 b\ufeff")).toBe("a$&b\ufeff");
});

it("keeps matches, or what lies between them", () => {
  expect(words("it's 42!", true)).toEqual(["it", "'s", "4", "2", "!"]);
  const commas = { type: "Split", pattern: { String: "," } };
  const removed = createExactPreTokenizer({ ...commas, behavior: "Removed" });
  expect(removed("a,b,,c", true)).toEqual(["a", "b", "c"]);
  const isolated = createExactPreTokenizer({ ...commas, behavior: "Isolated" });
  expect(isolated("a,b", true)).toEqual(["a", ",", "b"]);
});

it("writes bytes as GPT-2's characters", () => {
  const bytes = createExactPreTokenizer({ type: "ByteLevel", use_regex: false });
  expect(bytes("é \u00ad\u007f", true)).toEqual(["Ã©ĠÂŃġ"]);
});

it("marks words, and begins a piece at every mark", () => {
  const always = createExactPreTokenizer({ type: "Metaspace", prepend_scheme: "always" });
  expect(always("a b  c", false)).toEqual(["▁a", "▁b", "▁", "▁c"]);
  const first = createExactPreTokenizer({ type: "Metaspace", prepend_scheme: "first" });
  expect(first("a b", true)).toEqual(["▁a", "▁b"]);
  expect(first("a b", false)).toEqual(["a", "▁b"]);
});

it("lowers case character by character", () => {
  const lower = createExactNormalizer({ type: "Lowercase" });
  expect(lower("ΣΑΣ İ ǅ")).toBe("σασ i̇ ǆ");
});

it("refuses what it does not know", () => {
  expect(() => createExactNormalizer({ type: "Nmt" })).toThrow("normalizer Nmt is not supported.");
  expect(() => createExactPreTokenizer({ type: "Digits" })).toThrow("pre_tokenizer Digits is not supported.");
});
