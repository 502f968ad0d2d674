import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { ROOT } from "../../scripts/step.ts";

const MAX_LINES = 340;
const CODE = /\.(ts|js|py|sh|proto|yml|yaml)$|Dockerfile$/;
/** What nobody wrote by hand, or git does not hold. */
const SKIPPED = /^(node_modules|dist|gen|fixtures|data|out|models|\..*|__pycache__)$/;

function* codeFiles(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (SKIPPED.test(entry.name)) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* codeFiles(path);
    else if (CODE.test(entry.name)) yield path;
  }
}

const lengthOf = (path: string) => readFileSync(path, "utf8").split("\n").length - 1;

it(`no file of code is longer than ${MAX_LINES} lines`, () => {
  const files = [...codeFiles(ROOT)];
  expect(files.length).toBeGreaterThan(100);
  expect(files.filter((path) => lengthOf(path) > MAX_LINES)).toEqual([]);
});
