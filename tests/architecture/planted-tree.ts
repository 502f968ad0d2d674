import { copyFile, mkdir, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { temporaryFolder } from "@kinora/testing";
import { type CommandResult, ROOT, runCommand } from "../../scripts/step.ts";

const CONFIGURATION = [
  "package.json",
  "oxlint.config.ts",
  "biome.json",
  "knip.json",
  "tsconfig.base.json",
  "buf.yaml",
  ".gitignore",
];

/** A small repository of our configuration and some planted files; the real checkout stays as it is. */
export interface PlantedTree extends AsyncDisposable {
  readonly path: string;
  /** Runs one of the repository's tools in the tree. */
  run(command: string, ...args: string[]): Promise<CommandResult>;
}

/** The tsconfig.json of a workspace without references. */
export const TSCONFIG = JSON.stringify({
  extends: "../../tsconfig.base.json",
  compilerOptions: { rootDir: "src", outDir: "dist" },
  include: ["src"],
});

/** Makes a tree of our configuration and these planted files by path. */
export async function plantTree(planted: Readonly<Record<string, string>>): Promise<PlantedTree> {
  const { path, remove } = await temporaryFolder("planted");
  await symlink(join(ROOT, "node_modules"), join(path, "node_modules"));
  for (const file of CONFIGURATION) {
    await copyFile(join(ROOT, file), join(path, file));
  }
  for (const [file, text] of Object.entries(planted)) {
    await mkdir(dirname(join(path, file)), { recursive: true });
    await writeFile(join(path, file), text);
  }
  const run = (command: string, ...args: string[]) => runCommand(command, args, { cwd: path });
  return { path, run, [Symbol.asyncDispose]: remove };
}
