import { once } from "node:events";
import { mkdir, statfs } from "node:fs/promises";
import { connect, createServer, type Socket } from "node:net";
import { check, type Finding } from "./finding.ts";

const TIMEOUT_MS = 3_000;
const NEEDED_BYTES = 1e9;

type Env = Readonly<Record<string, string | undefined>>;

/** Ports, disk and the servers that the environment names. */
export function checkSurroundings(env: Env, dataDir: string): Promise<Finding[]> {
  const checks = [
    checkPort("KINORA_HTTP_PORT", Number(env["KINORA_HTTP_PORT"] || 8080)),
    checkPort("KINORA_GRPC_PORT", Number(env["KINORA_GRPC_PORT"] || 9090)),
    check("disk", `free ${NEEDED_BYTES / 1e9} GB, or set KINORA_DATA_DIR to another disk`, () =>
      probeDisk(dataDir),
    ),
  ];
  const redis = env["KINORA_REDIS_URL"];
  if (redis)
    checks.push(check("redis", "start redis-server, or unset KINORA_REDIS_URL", () => probeRedis(redis)));
  const s3 = env["KINORA_S3_ENDPOINT"];
  if (s3) checks.push(check("s3", "start the S3 server, or correct KINORA_S3_ENDPOINT", () => probeHttp(s3)));
  return Promise.all(checks);
}

function checkPort(variable: string, port: number): Promise<Finding> {
  return check(`port ${port}`, `set ${variable} to a free port, or to 0 to have one picked`, async () => {
    const server = createServer().listen(port, "127.0.0.1");
    await once(server, "listening");
    server.close();
    return "free";
  });
}

async function probeDisk(dataDir: string): Promise<string> {
  await mkdir(dataDir, { recursive: true });
  const { bavail, bsize } = await statfs(dataDir);
  const text = `${((bavail * bsize) / 1e9).toFixed(1)} GB free in ${dataDir}`;
  if (bavail * bsize < NEEDED_BYTES) throw new Error(text);
  return text;
}

/** Any answer shows a Redis that listens; a password is the gateway's business. */
async function probeRedis(url: string): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket: Socket = connect({ host: hostname, port: Number(port || 6379) });
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  try {
    await once(socket, "connect", { signal });
    socket.write("PING\r\n");
    const [answer] = (await once(socket, "data", { signal })) as [Buffer];
    if (!/^[+-]/.test(answer.toString())) throw new Error(`${hostname} answers, but not as Redis does`);
    return `answers at ${hostname}:${port || 6379}`;
  } finally {
    socket.destroy();
  }
}

/** Any answer shows a server; rights are the gateway's business. */
async function probeHttp(url: string): Promise<string> {
  const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  return `answers at ${url} (HTTP ${response.status})`;
}
