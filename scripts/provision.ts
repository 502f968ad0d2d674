import { delimiter } from "node:path";
import { findProgram, installDebianPackages, MissingToolError, missingPrograms } from "./debian-packages.ts";
import { findGo, installGo, missingForGo, TOOLS } from "./provide-go.ts";
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
 * Brings redis-server, ffmpeg and an S3 server. Debian's packages need root: without it a
 * MissingToolError names the one command. Returns the PATH under which the tests find everything.
 */
export async function provision(env: NodeJS.ProcessEnv): Promise<string> {
  const path = [TOOLS, env["PATH"] ?? ""].join(delimiter);
  const missing = await missingPrograms(Object.keys(DEBIAN_PACKAGES), path);
  const needsS3 = !env["S3_TEST_ENDPOINT"] && (await findProgram("versitygw", path)) === undefined;
  const go = needsS3 ? await findGo(path) : undefined;
  const forGo = needsS3 && go === undefined ? await missingForGo() : [];
  const packages = new Set([...missing.map((program) => DEBIAN_PACKAGES[program] ?? program), ...forGo]);
  if (packages.size > 0) await installDebianPackages([...packages]);
  if (needsS3) await buildS3Server(go ?? (await installGo()));
  return path;
}

async function buildS3Server(go: string): Promise<void> {
  console.log(`Building ${VERSITYGW_MODULE} ...`);
  // The build of our own toolchain must not pick up GOFLAGS meant for another. Go makes GOBIN itself.
  const env = { GOBIN: TOOLS, CGO_ENABLED: "0", GOFLAGS: "", GOTOOLCHAIN: "local" };
  const { exitCode, output } = await runCommand(go, ["install", VERSITYGW_MODULE], { env });
  if (exitCode === 0) return;
  throw new MissingToolError(
    `go install ${VERSITYGW_MODULE} failed; set S3_TEST_ENDPOINT to use an S3 server of yours:\n${output}`,
  );
}
