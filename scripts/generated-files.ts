import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { openApiDocument } from "../services/gateway/src/api/open-api-document.ts";
import { renderErrorPage } from "./error-page.ts";
import { renderReadme } from "./readme-tables.ts";
import { ROOT, runCommand } from "./step.ts";

const CONTRACTS = "packages/contracts/src/gen";

/** Every generated file by its path in the repository, as it should be. */
export async function renderGeneratedFiles(): Promise<Map<string, string>> {
  const files = await generateContracts();
  files.set("docs/errors.md", renderErrorPage());
  files.set("docs/api/openapi.json", await openApiDocument());
  files.set("README.md", renderReadme(await readFile(join(ROOT, "README.md"), "utf8")));
  return files;
}

/** Writes the generated files that differ; returns their paths. */
export async function writeGeneratedFiles(): Promise<string[]> {
  const stale = await staleGeneratedFiles();
  const files = await renderGeneratedFiles();
  for (const path of stale) {
    const text = files.get(path);
    const file = join(ROOT, path);
    await mkdir(dirname(file), { recursive: true });
    await (text === undefined ? rm(file) : writeFile(file, text));
  }
  return stale;
}

/** Paths that are not what the generators give. */
export async function staleGeneratedFiles(): Promise<string[]> {
  return findStaleFiles(ROOT, await renderGeneratedFiles());
}

/** Under `root`: files that differ from `files` or are missing, and contracts that no proto gives. */
export async function findStaleFiles(root: string, files: ReadonlyMap<string, string>): Promise<string[]> {
  const stale: string[] = [];
  for (const [path, text] of files) {
    if ((await readIfThere(join(root, path))) !== text) stale.push(path);
  }
  const committed = await listFiles(join(root, CONTRACTS));
  return [...stale, ...committed.map((path) => `${CONTRACTS}/${path}`).filter((path) => !files.has(path))];
}

async function generateContracts(): Promise<Map<string, string>> {
  const folder = await mkdtemp(join(tmpdir(), "kinora-generate-"));
  try {
    // --output is the folder that the template's `out` is relative to.
    const { exitCode, output } = await runCommand("buf", ["generate", "--output", folder]);
    if (exitCode !== 0) throw new Error(`buf generate failed:\n${output}`);
    const files = new Map<string, string>();
    for (const path of await listFiles(join(folder, CONTRACTS))) {
      files.set(`${CONTRACTS}/${path}`, await readFile(join(folder, CONTRACTS, path), "utf8"));
    }
    return files;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function listFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .toSorted();
}

async function readIfThere(path: string): Promise<string | undefined> {
  return await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
}
