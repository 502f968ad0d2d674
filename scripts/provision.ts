import { mkdir } from "node:fs/promises";
import { delimiter } from "node:path";
import { findProgram, installDebianPackages, MissingToolError, missingPrograms } from "./debian-packages.ts";
import { provideGo, TOOLS } from "./provide-go.ts";
import { runCommand } from "./step.ts";

/** The S3 server of the tests. packages/testing names the same version; a test compares them. */
export const VERSITYGW_MODULE = "github.com/versity/versitygw/cmd/versitygw@v1.8.0";

/** Debian's package of each program that the tests start. */
const DEBIAN_PACKAGES: Readonly<Record<string, string>> = {
  "redis-server": "redis-server",
  ffmpeg: "ffmpeg",
  ffprobe: "ffmpeg",
};

/**
 * Brings redis-server, ffmpeg and an S3 server: as root by apt-get and pinned builds, otherwise it
 * throws a MissingToolError with the one command. Returns the PATH under which the tests find them.
 */
export async function provision(env: NodeJS.ProcessEnv): Promise<string> {
  const path = [TOOLS, env["PATH"] ?? ""].join(delimiter);
  const missing = await missingPrograms(Object.keys(DEBIAN_PACKAGES), path);
  const packages = [...new Set(missing.map((program) => DEBIAN_PACKAGES[program] ?? program))];
  if (packages.length > 0) await installDebianPackages(packages);
  await provideS3(path, env);
  return path;
}

async function provideS3(path: string, env: NodeJS.ProcessEnv): Promise<void> {
  if (env["S3_TEST_ENDPOINT"]) return;
  if ((await findProgram("versitygw", path)) !== undefined) return;
  await mkdir(TOOLS, { recursive: true });
  const go = await provideGo(path);
  console.log(`Building ${VERSITYGW_MODULE} ...`);
  // The build of our own toolchain must not pick up a GOROOT or GOFLAGS meant for another.
  const goEnv = { GOBIN: TOOLS, CGO_ENABLED: "0", GOFLAGS: "", GOTOOLCHAIN: "local" };
  const { exitCode, output } = await runCommand(go, ["install", VERSITYGW_MODULE], { env: goEnv });
  if (exitCode !== 0) {
    throw new MissingToolError(
      `go install ${VERSITYGW_MODULE} failed; set S3_TEST_ENDPOINT to use an S3 server of yours:\n${output}`,
    );
  }
}
