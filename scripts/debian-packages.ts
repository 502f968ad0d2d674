import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { runCommand } from "./step.ts";

/** Tests cannot run: something is missing, and this sentence names the command that brings it. */
export class MissingToolError extends Error {}

/** Of these programs, those that no folder of `path` holds. */
export async function missingPrograms(programs: readonly string[], path: string): Promise<string[]> {
  const found = await Promise.all(programs.map((program) => findProgram(program, path)));
  return programs.filter((_, index) => found[index] === undefined);
}

/** The file of a program on `path`. */
export async function findProgram(program: string, path: string): Promise<string | undefined> {
  for (const folder of path.split(delimiter).filter((entry) => entry !== "")) {
    const file = join(folder, program);
    const executable = await access(file, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (executable) return file;
  }
  return undefined;
}

/** apt-get install, after apt-get update where the package lists are old or missing. */
export async function installDebianPackages(packages: readonly string[]): Promise<void> {
  const command = `apt-get update && apt-get install -y ${packages.join(" ")}`;
  if (process.getuid?.() !== 0 || (await findProgram("apt-get", process.env["PATH"] ?? "")) === undefined) {
    throw new MissingToolError(`The tests need ${packages.join(" and ")}. Install: sudo sh -c '${command}'`);
  }
  console.log(`Installing ${packages.join(", ")} ...`);
  const install = ["install", "-y", "--no-install-recommends", ...packages];
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  if ((await runCommand("apt-get", install, { env })).exitCode === 0) return;
  await runCommand("apt-get", ["update"], { env });
  const { exitCode, output } = await runCommand("apt-get", install, { env });
  if (exitCode !== 0) throw new MissingToolError(`${command} failed:\n${output}`);
}
