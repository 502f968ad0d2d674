import { expect, it } from "vitest";
import { parseBytes } from "./parse-bytes.ts";

it.each([
  ["0", 0],
  ["1000000", 1_000_000],
  ["8GiB", 8 * 2 ** 30],
  [" 1.5 gib ", 1.5 * 2 ** 30],
  ["512 MB", 512e6],
  ["64kB", 64e3],
  ["3B", 3],
])("reads %s", (text, bytes) => {
  expect(parseBytes(text)).toBe(bytes);
});

it.each(["", "GiB", "8 Gbit", "-1", "1e9", "8TiB", "8 iB"])("refuses %s", (text) => {
  expect(() => parseBytes(text)).toThrow(/is not a size/);
});
