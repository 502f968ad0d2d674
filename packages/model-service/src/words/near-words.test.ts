import { expect, it } from "vitest";
import { editDistance } from "./edit-distance.ts";
import { createNearWords } from "./near-words.ts";

const VOCABULARY = [
  "<unk>",
  "dog",
  "rabbit",
  "rabbits",
  "città",
  "penguin",
  "sunglasses",
  "cane",
  "run2",
  "horse",
];
const FILE = {
  version: 1,
  synonyms: { puppies: "dog", cani: "cane" },
  never: ["house"],
  edits: [
    { min_length: 5, max_edits: 1 },
    { min_length: 9, max_edits: 2 },
  ],
  shortest_candidate: 4,
};
const read = createNearWords("test", FILE, VOCABULARY);

it.each([
  ["dog", "dog"],
  ["puppies", "dog"],
  ["cani", "cane"],
  ["citta", "città"],
  ["rabit", "rabbit"],
  ["rabbitt", "rabbit"],
  ["penguni", "penguin"],
  ["sunglases", "sunglasses"],
  ["sunglaes", undefined],
  ["sunglassos", "sunglasses"],
  ["hors", undefined],
  ["horze", "horse"],
])("reads %s as %s", (typed, expected) => {
  expect(read(typed)).toBe(expected);
});

it.each(["house", "kat", "9", "run3", "constructor", "dragon"])("does not read %s", (typed) => {
  expect(read(typed)).toBeUndefined();
});

it("counts edits, a swap of neighbours as one", () => {
  expect(editDistance("cane", "caen")).toBe(1);
  expect(editDistance("volpe", "volpe")).toBe(0);
  expect(editDistance("rabbit", "rabit")).toBe(1);
  expect(editDistance("", "ab")).toBe(2);
  expect(editDistance("ab", "")).toBe(2);
});

it("refuses a table of another form", () => {
  expect(() => createNearWords("test", { version: 2 }, VOCABULARY)).toThrow(/near_words.json/);
});
