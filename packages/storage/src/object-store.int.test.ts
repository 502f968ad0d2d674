import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";
import { AppError } from "@kinora/errors";
import {
  freePort,
  type S3Server,
  startS3,
  type TemporaryFolder,
  temporaryFolder,
  waitUntil,
} from "@kinora/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createFilesystemStore } from "./filesystem/create-filesystem-store.ts";
import type { ObjectStore } from "./object-store.ts";
import { createS3Store } from "./s3/create-s3-store.ts";
import { sha256Of } from "./sha256-of.ts";

let folder: TemporaryFolder;
let server: S3Server;
let namespace = 0;

beforeAll(async () => {
  folder = await temporaryFolder("storage");
  server = await startS3();
});
afterAll(async () => {
  await folder?.remove();
  await server?.stop();
});

const ADAPTERS = {
  filesystem: () => createFilesystemStore({ root: join(folder.path, `store-${namespace++}`) }),
  // A prefix of its own per store: lists see nothing of other tests.
  s3: () => createS3Store({ ...server, prefix: `store-${namespace++}/` }),
};

const bytes = (text: string): Uint8Array => Buffer.from(text);
const text = (data: Uint8Array): string => Buffer.from(data).toString();
const codeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => "no error",
    (error) => (error instanceof AppError ? error.code : String(error)),
  );
async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
const keysOf = async (store: ObjectStore, prefix: string): Promise<string[]> =>
  (await collect(store.list(prefix))).map((info) => info.key);

describe.each(Object.entries(ADAPTERS))("%s", (_name, createStore) => {
  test("gives back what was put, with its digest, size and time", async () => {
    const store = createStore();
    const before = Date.now();
    const result = await store.put("a/b/clip.mp4", bytes("abc"), { mediaType: "video/mp4" });
    expect(result).toEqual({ sha256: sha256Of(bytes("abc")), sizeBytes: 3 });
    expect(text(await store.get("a/b/clip.mp4"))).toBe("abc");
    const info = await store.head("a/b/clip.mp4");
    expect(info).toMatchObject({ key: "a/b/clip.mp4", sizeBytes: 3 });
    // S3 counts whole seconds.
    expect(Math.abs((info?.modifiedAtMs ?? 0) - before)).toBeLessThan(10_000);
    await store.close();
  });

  test("stores an empty object, from bytes and from a stream", async () => {
    const store = createStore();
    await store.put("empty", new Uint8Array());
    await store.put("empty-stream", Readable.from([]));
    expect(await store.get("empty")).toHaveLength(0);
    expect(await buffer((await store.open("empty-stream")).body)).toHaveLength(0);
  });

  test("put replaces; put with ifAbsent refuses and leaves the first", async () => {
    const store = createStore();
    await store.put("key", bytes("one"));
    await store.put("key", bytes("two"));
    expect(await codeOf(store.put("key", bytes("three"), { ifAbsent: true }))).toBe("object_exists");
    expect(await codeOf(store.put("key", Readable.from([bytes("four")]), { ifAbsent: true }))).toBe(
      "object_exists",
    );
    expect(text(await store.get("key"))).toBe("two");
  });

  test("of many writers with ifAbsent exactly one wins, and its bytes stay", async () => {
    const store = createStore();
    for (let round = 0; round < 5; round += 1) {
      const key = `jobs/${round}/done.json`;
      const writers = Array.from({ length: 16 }, (_, n) => bytes(`writer ${n}`));
      const puts = writers.map((body, n) =>
        codeOf(store.put(key, n % 2 === 0 ? body : Readable.from([body]), { ifAbsent: true })),
      );
      const codes = await Promise.all(puts);
      expect(codes.filter((code) => code === "no error")).toHaveLength(1);
      expect(codes.filter((code) => code === "object_exists")).toHaveLength(15);
      expect(text(await store.get(key))).toBe(`writer ${codes.indexOf("no error")}`);
    }
  });

  test("streams 20 MB in and out, intact", async () => {
    const store = createStore();
    const big = randomBytes(20_000_000);
    const chunks = function* () {
      for (let at = 0; at < big.length; at += 65_521) yield big.subarray(at, at + 65_521);
    };
    const result = await store.put("big", Readable.from(chunks(), { objectMode: false }), { ifAbsent: true });
    expect(result).toEqual({ sha256: sha256Of(big), sizeBytes: big.length });
    const { body, info } = await store.open("big");
    expect(info.sizeBytes).toBe(big.length);
    expect(sha256Of(await buffer(body))).toBe(result.sha256);
    const other = Readable.from([Buffer.alloc(20_000_000)], { objectMode: false });
    expect(await codeOf(store.put("big", other, { ifAbsent: true }))).toBe("object_exists");
    expect(sha256Of(await store.get("big"))).toBe(result.sha256);
  });

  test("reads ranges as HTTP means them", async () => {
    const store = createStore();
    await store.put("ten", bytes("0123456789"));
    expect(text(await store.get("ten", { start: 3 }))).toBe("3456789");
    expect(text(await store.get("ten", { start: 3, end: 5 }))).toBe("345");
    expect(text(await store.get("ten", { end: 0 }))).toBe("0");
    expect(text(await store.get("ten", { start: 8, end: 99 }))).toBe("89");
    const { body, info } = await store.open("ten", { start: 2, end: 4 });
    expect(text(await buffer(body))).toBe("234");
    expect(info.sizeBytes).toBe(10);
    for (const range of [{ start: 10 }, { start: 5, end: 4 }, { start: -1 }, { start: 0.5 }]) {
      await expect(store.get("ten", range)).rejects.toThrow("This is a bug.");
      await expect(store.open("ten", range)).rejects.toThrow("This is a bug.");
    }
  });

  test("a missing key is object_not_found, undefined, and no error to delete", async () => {
    const store = createStore();
    expect(await codeOf(store.get("missing"))).toBe("object_not_found");
    expect(await codeOf(store.open("missing/too"))).toBe("object_not_found");
    expect(await store.head("missing")).toBeUndefined();
    await store.delete("missing");
    await store.put("folder/file", bytes("x"));
    expect(await codeOf(store.get("folder"))).toBe("object_not_found");
    expect(await store.head("folder")).toBeUndefined();
    await store.delete("folder");
    expect(await keysOf(store, "")).toEqual(["folder/file"]);
    await store.delete("folder/file");
    expect(await store.head("folder/file")).toBeUndefined();
  });

  test("lists by prefix in key order, across folders", async () => {
    const store = createStore();
    const keys = ["a/1", "a/10", "a/2", "a/b/c", "a-b/1", "a.b", "ab", "a=", "B", "b/x/y/z"];
    await Promise.all(keys.map((key) => store.put(key, bytes(key))));
    expect(await keysOf(store, "")).toEqual([...keys].sort());
    expect(await keysOf(store, "a/")).toEqual(["a/1", "a/10", "a/2", "a/b/c"]);
    expect(await keysOf(store, "a/1")).toEqual(["a/1", "a/10"]);
    expect(await keysOf(store, "b/x/y")).toEqual(["b/x/y/z"]);
    expect(await keysOf(store, "none")).toEqual([]);
    const [first] = await collect(store.list("a/10"));
    expect(first).toMatchObject({ key: "a/10", sizeBytes: 4 });
  });

  test("lists more than a page", async () => {
    const store = createStore();
    const keys = Array.from({ length: 1_050 }, (_, n) => `many/${String(n).padStart(4, "0")}`);
    for (let at = 0; at < keys.length; at += 50) {
      await Promise.all(keys.slice(at, at + 50).map((key) => store.put(key, bytes("x"))));
    }
    expect(await keysOf(store, "many/")).toEqual(keys);
  });

  test("a body that fails leaves nothing, and its own error is thrown", async () => {
    const store = createStore();
    const failing = () =>
      Readable.from(
        (function* () {
          yield Buffer.alloc(9_000_000);
          throw new AppError("media_failed", { tool: "ffmpeg", reason: "out of frames" });
        })(),
        { objectMode: false },
      );
    expect(await codeOf(store.put("half", failing()))).toBe("media_failed");
    expect(await store.head("half")).toBeUndefined();
    await store.put("half", bytes("whole"));
    expect(await codeOf(store.put("half", failing()))).toBe("media_failed");
    expect(text(await store.get("half"))).toBe("whole");
    const dead = new Readable({ read() {} });
    dead.destroy(new Error("dead before it was read"));
    await expect(store.put("dead", dead)).rejects.toThrow("dead before it was read");
  });

  test("a reader never sees half an object", async () => {
    const store = createStore();
    const versions = ["a", "b"].map((letter) => Buffer.alloc(300_000, letter));
    await store.put("flip", versions[0] as Buffer);
    let writing = true;
    const writer = (async () => {
      for (let n = 1; n <= 30; n += 1) await store.put("flip", versions[n % 2] as Buffer);
      writing = false;
    })();
    while (writing) {
      const seen = await store.get("flip");
      expect(versions.some((version) => version.equals(seen))).toBe(true);
    }
    await writer;
  });

  test("an abort ends a put, destroys its stream and leaves nothing", async () => {
    const store = createStore();
    const stalled = new Readable({ read() {} });
    stalled.push(bytes("first bytes"));
    const controller = new AbortController();
    const put = codeOf(store.put("stalled", stalled, { signal: controller.signal }));
    await delay(50);
    controller.abort();
    expect(await put).toBe("cancelled");
    expect(stalled.destroyed).toBe(true);
    expect(await store.head("stalled")).toBeUndefined();
    const timeout = AbortSignal.timeout(30);
    const late = store.put("stalled", new Readable({ read() {} }), { signal: timeout });
    expect(await codeOf(late)).toBe("deadline_exceeded");
  });

  test("an abort ends reads and lists", async () => {
    const store = createStore();
    await store.put("list/1", Buffer.alloc(4_000_000));
    await store.put("list/2", bytes("2"));
    const aborted = { signal: AbortSignal.abort() };
    const unread = new Readable({ read() {} });
    expect(await codeOf(store.put("k", unread, aborted))).toBe("cancelled");
    expect(unread.destroyed).toBe(true);
    expect(await codeOf(store.get("list/1", aborted))).toBe("cancelled");
    expect(await codeOf(store.open("list/1", aborted))).toBe("cancelled");
    expect(await codeOf(store.head("list/1", aborted))).toBe("cancelled");
    expect(await codeOf(store.delete("list/1", aborted))).toBe("cancelled");
    expect(await codeOf(collect(store.list("list/", aborted)))).toBe("cancelled");
    const controller = new AbortController();
    const { body } = await store.open("list/1", controller);
    body.once("data", () => controller.abort());
    expect(await codeOf(buffer(body))).toBe("cancelled");
  });

  test("an opened stream that nobody reads can be thrown away", async () => {
    const store = createStore();
    await store.put("big", Buffer.alloc(4_000_000));
    for (let n = 0; n < 100; n += 1) (await store.open("big")).body.destroy();
    // With leaked connections or files the pool (50) or the descriptors would be used up.
    expect((await store.get("big", { end: 1 })).length).toBe(2);
  });

  test.each([
    "",
    "/a",
    "a/",
    "a//b",
    "..",
    "../a",
    "a/../b",
    "./a",
    "a/.hidden",
    "é",
    "a b",
    "a\0b",
    "a\\b",
    "C:x",
  ])("refuses the key %j as a bug", async (key) => {
    const store = createStore();
    await expect(store.put(key, bytes("x"))).rejects.toThrow("This is a bug.");
    await expect(store.get(key)).rejects.toThrow("This is a bug.");
    await expect(store.delete(key)).rejects.toThrow("This is a bug.");
  });

  test("keeps odd but valid keys apart", async () => {
    const store = createStore();
    const keys = ["x=1/-/_a..b", "A/a", `long/${"k".repeat(200)}`];
    for (const key of keys) await store.put(key, bytes(key));
    for (const key of keys) expect(text(await store.get(key))).toBe(key);
  });
});

describe("an unreachable store", () => {
  test("s3 without a server is storage_failed", async () => {
    const endpoint = `http://127.0.0.1:${await freePort()}`;
    const store = createS3Store({ ...server, endpoint });
    expect(await codeOf(store.get("key"))).toBe("storage_failed");
    expect(await codeOf(store.put("key", Readable.from([bytes("x")])))).toBe("storage_failed");
    expect(await codeOf(collect(store.list("")))).toBe("storage_failed");
  });

  test("s3 with a wrong secret or a missing bucket is storage_failed, not a missing key", async () => {
    const credentials = { ...server.credentials, secretAccessKey: "wrong" };
    const wrong = createS3Store({ ...server, credentials });
    expect(await codeOf(wrong.get("key"))).toBe("storage_failed");
    expect(await codeOf(wrong.put("key", bytes("x")))).toBe("storage_failed");
    expect(await codeOf(wrong.head("key"))).toBe("storage_failed");
    const missing = createS3Store({ ...server, bucket: "no-such-bucket" });
    expect(await codeOf(missing.get("key"))).toBe("storage_failed");
    expect(await codeOf(missing.put("key", bytes("x")))).toBe("storage_failed");
  });

  test("a root that is a file is storage_failed", async () => {
    const inside = createFilesystemStore({ root: join(folder.path, "plain") });
    await inside.put("file", bytes("x"));
    const store = createFilesystemStore({ root: join(folder.path, "plain", "file") });
    expect(await codeOf(store.put("key", bytes("x")))).toBe("storage_failed");
    await waitUntil(async () => (await store.head("key")) === undefined);
  });
});
