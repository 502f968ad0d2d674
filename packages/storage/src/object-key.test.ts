import { resolve, sep } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { assertObjectKey, assertObjectPrefix, MAX_KEY_CHARS } from "./object-key.ts";

const accepts = (key: string): boolean => {
  try {
    assertObjectKey(key);
    return true;
  } catch {
    return false;
  }
};

const piece = fc.constantFrom(
  "..",
  ".",
  "/",
  "//",
  "\\",
  "a",
  "B9",
  "-",
  "=",
  "_",
  "%2e",
  "\0",
  "~",
  "é",
  ".x",
  "C:",
);
const hostile = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(""));

test("no accepted key leaves the root or names its temporary folder", () => {
  fc.assert(
    fc.property(fc.oneof(hostile, fc.string(), fc.webPath()), (key) => {
      if (!accepts(key)) return;
      const root = resolve("/store/root");
      const path = resolve(root, key);
      expect(path.startsWith(root + sep)).toBe(true);
      expect(path.slice(root.length + 1)).toBe(key);
      expect(key.split("/")).not.toContain(".tmp");
      expect(encodeURI(key)).toBe(key);
      assertObjectPrefix(key);
      assertObjectPrefix(`${key}/`);
    }),
    { numRuns: 2_000 },
  );
});

test("every key of the documented alphabet is accepted", () => {
  const first = fc.constantFrom(...Array.from("AZaz09_=-"));
  const rest = fc.string({ unit: fc.constantFrom(...Array.from("AZaz09._=-")), maxLength: 199 });
  const segment = fc.tuple(first, rest).map(([a, b]) => a + b);
  const key = fc.array(segment, { minLength: 1, maxLength: 3 }).map((segments) => segments.join("/"));
  fc.assert(
    fc.property(key, (k) => {
      expect(accepts(k)).toBe(true);
    }),
  );
});

test("length limits hold", () => {
  expect(accepts("k".repeat(200))).toBe(true);
  expect(accepts("k".repeat(201))).toBe(false);
  const long = `${"k/".repeat(MAX_KEY_CHARS / 2 - 1)}kk`;
  expect([long.length, accepts(long), accepts(`${long}k`)]).toEqual([MAX_KEY_CHARS, true, false]);
});

test("prefixes may be empty or end with a slash", () => {
  for (const prefix of ["", "a", "a/", "a/b-"]) expect(() => assertObjectPrefix(prefix)).not.toThrow();
  for (const prefix of ["/", "..", "a//", "../", "a/."])
    expect(() => assertObjectPrefix(prefix)).toThrow("bug");
});
