import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Absolute path of a file or folder of packages/testing/fixtures, for example "models/tiny". */
export function fixturePath(name: string): string {
  const path = fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));
  if (!existsSync(path)) throw new Error(`There is no fixture ${name} in packages/testing/fixtures.`);
  return path;
}
