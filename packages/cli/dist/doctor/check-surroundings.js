import { once } from "node:events";
import { mkdir, statfs } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { check } from "./finding.js";
const TIMEOUT_MS = 3_000;
const NEEDED_BYTES = 1e9;
/** Ports, disk and the servers that the environment names. */
export function checkSurroundings(env, dataDir) {
    const checks = [
        checkPort("KINORA_HTTP_PORT", Number(env["KINORA_HTTP_PORT"] || 8080)),
        checkPort("KINORA_GRPC_PORT", Number(env["KINORA_GRPC_PORT"] || 9090)),
        check("disk", `free ${NEEDED_BYTES / 1e9} GB, or set KINORA_DATA_DIR to another disk`, () => probeDisk(dataDir)),
    ];
    const redis = env["KINORA_REDIS_URL"];
    if (redis)
        checks.push(check("redis", "start redis-server, or unset KINORA_REDIS_URL", () => probeRedis(redis)));
    const s3 = env["KINORA_S3_ENDPOINT"];
    if (s3)
        checks.push(check("s3", "start the S3 server, or correct KINORA_S3_ENDPOINT", () => probeHttp(s3)));
    return Promise.all(checks);
}
function checkPort(variable, port) {
    return check(`port ${port}`, `set ${variable} to a free port, or to 0 to have one picked`, async () => {
        const server = createServer().listen(port, "127.0.0.1");
        await once(server, "listening");
        server.close();
        return "free";
    });
}
async function probeDisk(dataDir) {
    await mkdir(dataDir, { recursive: true });
    const { bavail, bsize } = await statfs(dataDir);
    const text = `${((bavail * bsize) / 1e9).toFixed(1)} GB free in ${dataDir}`;
    if (bavail * bsize < NEEDED_BYTES)
        throw new Error(text);
    return text;
}
/** Any answer shows a Redis that listens; a password is the gateway's business. */
async function probeRedis(url) {
    const { hostname, port } = new URL(url);
    const socket = connect({ host: hostname, port: Number(port || 6379) });
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    try {
        await once(socket, "connect", { signal });
        socket.write("PING\r\n");
        const [answer] = (await once(socket, "data", { signal }));
        if (!/^[+-]/.test(answer.toString()))
            throw new Error(`${hostname} answers, but not as Redis does`);
        return `answers at ${hostname}:${port || 6379}`;
    }
    finally {
        socket.destroy();
    }
}
/** Any answer shows a server; rights are the gateway's business. */
async function probeHttp(url) {
    const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    return `answers at ${url} (HTTP ${response.status})`;
}
//# sourceMappingURL=check-surroundings.js.map