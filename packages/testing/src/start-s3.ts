import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { access, constants, mkdir } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { freePort } from "./free-port.ts";
import { startServerProcess } from "./server-process.ts";
import { temporaryFolder } from "./temporary-folder.ts";
import { waitUntil } from "./wait-until.ts";

/** The command that provides the S3 server of the tests. */
export const INSTALL_VERSITYGW = "go install github.com/versity/versitygw/cmd/versitygw@v1.8.0";

/** An access key and its secret. */
export interface S3Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** A real S3 server with one empty bucket. */
export interface S3Server extends AsyncDisposable {
  /** For example `http://127.0.0.1:41234`. */
  readonly endpoint: string;
  readonly region: string;
  readonly bucket: string;
  readonly credentials: S3Credentials;
  /** The AWS variables that make the SDK's default chain find these credentials, for child processes. */
  readonly env: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/**
 * Gives tests a real S3 server: the one at `S3_TEST_ENDPOINT` (with `AWS_ACCESS_KEY_ID`,
 * `AWS_SECRET_ACCESS_KEY` and optionally `AWS_REGION`), otherwise a versitygw of its own over a
 * temporary folder. Either way the bucket is new; on a given endpoint it is left behind.
 */
export async function startS3(env: NodeJS.ProcessEnv = process.env): Promise<S3Server> {
  const endpoint = env["S3_TEST_ENDPOINT"];
  return endpoint === undefined || endpoint === "" ? startVersitygw(env) : useEndpoint(endpoint, env);
}

async function useEndpoint(endpoint: string, env: NodeJS.ProcessEnv): Promise<S3Server> {
  const accessKeyId = env["AWS_ACCESS_KEY_ID"];
  const secretAccessKey = env["AWS_SECRET_ACCESS_KEY"];
  if (!accessKeyId || !secretAccessKey) {
    throw new Error("S3_TEST_ENDPOINT is set; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY as well.");
  }
  const credentials = { accessKeyId, secretAccessKey };
  const region = env["AWS_REGION"] ?? "us-east-1";
  return describeServer({ endpoint, region, credentials }, async () => {});
}

async function startVersitygw(env: NodeJS.ProcessEnv): Promise<S3Server> {
  const program = await findVersitygw(env);
  const folder = await temporaryFolder("s3");
  const [objects, metadata] = [join(folder.path, "objects"), join(folder.path, "metadata")];
  await Promise.all([mkdir(objects), mkdir(metadata)]);
  const credentials = { accessKeyId: "kinora-test", secretAccessKey: randomBytes(20).toString("hex") };
  const port = await freePort();
  const server = await startServerProcess(program, {
    // Metadata beside the objects: not every temporary folder takes extended attributes.
    args: ["--port", `127.0.0.1:${port}`, "--quiet", "--keep-alive", "posix", "--sidecar", metadata, objects],
    env: {
      ...env,
      ROOT_ACCESS_KEY: credentials.accessKeyId,
      ROOT_SECRET_KEY: credentials.secretAccessKey,
    },
    missing: `versitygw is missing. Install it: ${INSTALL_VERSITYGW}`,
  });
  const endpoint = `http://127.0.0.1:${port}`;
  await waitUntil(
    async () => {
      if (server.exited) throw new Error(`versitygw ended:\n${server.output()}`);
      // Any answer, even 403, means that it listens.
      return (await fetch(endpoint)).status > 0;
    },
    { what: `versitygw at ${endpoint}` },
  );
  return describeServer({ endpoint, region: "us-east-1", credentials }, async () => {
    await server.end("SIGTERM");
    await folder.remove();
  });
}

async function describeServer(
  where: { endpoint: string; region: string; credentials: S3Credentials },
  stop: () => Promise<void>,
): Promise<S3Server> {
  const bucket = `kinora-test-${randomBytes(6).toString("hex")}`;
  const client = new S3Client({ ...where, forcePathStyle: true });
  try {
    await client.send(new CreateBucketCommand({ Bucket: bucket }));
  } finally {
    client.destroy();
  }
  const env = {
    AWS_ACCESS_KEY_ID: where.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: where.credentials.secretAccessKey,
    AWS_REGION: where.region,
  };
  return { ...where, bucket, env, stop, [Symbol.asyncDispose]: stop };
}

async function findVersitygw(env: NodeJS.ProcessEnv): Promise<string> {
  const folders = (env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  folders.push(...(await goBinFolders()));
  for (const folder of folders) {
    const program = join(folder, "versitygw");
    if (await isExecutable(program)) return program;
  }
  throw new Error(
    `The S3 tests need a real S3 server: install versitygw (${INSTALL_VERSITYGW}) or set S3_TEST_ENDPOINT and the AWS variables.`,
  );
}

async function goBinFolders(): Promise<string[]> {
  try {
    const { stdout } = await promisify(execFile)("go", ["env", "GOBIN", "GOPATH"]);
    const [bin = "", path = ""] = stdout.split("\n");
    return [bin, path === "" ? "" : join(path.split(delimiter)[0] ?? "", "bin")].filter((f) => f !== "");
  } catch {
    return [];
  }
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
