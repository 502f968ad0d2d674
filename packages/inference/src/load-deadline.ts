import { readdir, stat } from "node:fs/promises";
import { dirname, join } from "node:path";

const BASE_MS = 60_000;
const BYTES_PER_MS = 50_000;

/** How long a graph may take to load: a minute, and a second for every 50 MB beside it. */
export async function loadDeadlineMs(graphPath: string, baseMs: number = BASE_MS): Promise<number> {
  const folder = dirname(graphPath);
  const names = await readdir(folder).catch(() => []);
  const sizes = await Promise.all(names.map((name) => fileSize(join(folder, name))));
  return baseMs + Math.ceil(sizes.reduce((a, b) => a + b, 0) / BYTES_PER_MS);
}

/** 0 for what cannot be read: loading says what is wrong with it. */
async function fileSize(path: string): Promise<number> {
  const found = await stat(path).catch(() => undefined);
  return found?.isFile() ? found.size : 0;
}
