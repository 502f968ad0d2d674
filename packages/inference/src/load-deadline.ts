import { readdir, stat } from "node:fs/promises";
import { dirname, join } from "node:path";

const BASE_MS = 60_000;
const BYTES_PER_MS = 50_000;

/** How long a graph may take to load: a minute, and a second for every 50 MB beside it. */
export async function loadDeadlineMs(graphPath: string, baseMs: number = BASE_MS): Promise<number> {
  return baseMs + Math.ceil((await graphBytes(graphPath)) / BYTES_PER_MS);
}

/** Size of a graph with its weights: of all files beside it. */
export async function graphBytes(graphPath: string): Promise<number> {
  const folder = dirname(graphPath);
  const names = await readdir(folder).catch(() => []);
  const sizes = await Promise.all(names.map((name) => fileSize(join(folder, name))));
  return sizes.reduce((a, b) => a + b, 0);
}

/** 0 for what cannot be read: loading says what is wrong with it. */
async function fileSize(path: string): Promise<number> {
  const found = await stat(path).catch(() => undefined);
  return found?.isFile() ? found.size : 0;
}
