import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { createConnection } from "node:net";
import { join } from "node:path";
import { expect, test } from "vitest";
import { freePort } from "./free-port.ts";
import { spawnNode } from "./spawn-node.ts";
import { startRedis } from "./start-redis.ts";
import { startS3 } from "./start-s3.ts";
import { temporaryFolder } from "./temporary-folder.ts";
import { waitUntil } from "./wait-until.ts";

async function redisSays(port: number, command: string): Promise<string> {
  const socket = createConnection({ port, host: "127.0.0.1" });
  try {
    socket.write(`${command}\r\n`);
    const [reply] = await once(socket, "data");
    return String(reply).trim();
  } finally {
    socket.destroy();
  }
}

test("a killed redis-server keeps every acknowledged write", async () => {
  await using redis = await startRedis();
  expect(await redisSays(redis.port, "SET clip done")).toBe("+OK");
  await redis.kill9();
  await expect(redisSays(redis.port, "GET clip")).rejects.toThrow("ECONNREFUSED");
  await redis.restart();
  expect(await redisSays(redis.port, "GET clip")).toContain("done");
  expect(await redisSays(redis.port, "CONFIG GET maxmemory-policy")).toContain("noeviction");
});

test("the S3 server refuses a wrong secret", async () => {
  await using server = await startS3();
  const anonymous = await fetch(`${server.endpoint}/${server.bucket}/key`);
  expect(anonymous.status).toBe(403);
});

test("without a server the message says how to get one", async () => {
  const env = { PATH: "", AWS_ACCESS_KEY_ID: "a" };
  await expect(startS3({ ...env, S3_TEST_ENDPOINT: "http://127.0.0.1:1" })).rejects.toThrow(
    "AWS_SECRET_ACCESS_KEY",
  );
});

test("a helper process sends messages, and its output is kept", async () => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, "helper.ts");
  await writeFile(
    file,
    `const n: number = 2; console.log("hello"); process.send?.({ n, who: process.env["WHO"] });`,
  );
  await using helper = spawnNode(file, { env: { WHO: "test" } });
  expect(await helper.message()).toEqual({ n: 2, who: "test" });
  await waitUntil(() => helper.output().includes("hello"));
  await helper.kill();
  await expect(helper.message()).rejects.toThrow("hello");
});

test("waitUntil gives the last failure as cause", async () => {
  const failure = await waitUntil(() => Promise.reject(new Error("not yet")), { timeoutMs: 30 }).catch(
    (e) => e,
  );
  expect(failure.message).toContain("30 ms");
  expect(failure.cause.message).toBe("not yet");
});

test("two free ports differ and can be listened on", async () => {
  expect(await freePort()).toBeGreaterThan(1023);
});
