import { readdir, stat } from "node:fs/promises";
import { dirname, join } from "node:path";

/** Least time that a call is given before its child is killed. */
export interface Deadlines {
  /** For loading, to which a second for every 50 MB is added (60,000). */
  readonly loadMs?: number | undefined;
  /** For a run, to which a second for every 10 MB of weights is added (30,000); or 20 times the session's slowest one. */
  readonly runMs?: number | undefined;
}

const LOAD_MS = 60_000;
const LOADED_BYTES_PER_MS = 50_000;
const RUN_MS = 30_000;
const RUN_BYTES_PER_MS = 10_000;

/** How long a graph may take to load, and to run before it is known how long it takes. */
export async function graphDeadlines(
  graphPath: string,
  { loadMs = LOAD_MS, runMs = RUN_MS }: Deadlines,
): Promise<{ readonly loadMs: number; readonly runMs: number }> {
  const bytes = await graphBytes(graphPath);
  return {
    loadMs: loadMs + Math.floor(bytes / LOADED_BYTES_PER_MS),
    runMs: runMs + Math.floor(bytes / RUN_BYTES_PER_MS),
  };
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
