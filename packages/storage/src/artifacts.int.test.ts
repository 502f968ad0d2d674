import { readdir, truncate, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { AppError } from "@kinora/errors";
import { type TemporaryFolder, temporaryFolder } from "@kinora/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readArtifact, writeArtifact } from "./artifacts.ts";
import { createObjectStore } from "./create-object-store.ts";
import { createFilesystemStore } from "./filesystem/create-filesystem-store.ts";

let folder: TemporaryFolder;
beforeAll(async () => {
  folder = await temporaryFolder("artifacts");
});
afterAll(() => folder.remove());

const codeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => "no error",
    (error) => (error instanceof AppError ? error.code : String(error)),
  );

test("an artifact comes back as it was written, also by the proto's bigint size", async () => {
  const store = createObjectStore({ dataDir: folder.path });
  const body = Buffer.from("picture");
  const ref = await writeArtifact(store, "a/key.png", Readable.from([body]), { mediaType: "image/png" });
  expect(ref).toMatchObject({ key: "a/key.png", sizeBytes: 7, mediaType: "image/png" });
  expect(Buffer.from(await readArtifact(store, ref))).toEqual(body);
  expect(await readArtifact(store, { ...ref, sizeBytes: 7n })).toHaveLength(7);
  expect(await readdir(join(folder.path, "objects", "a"))).toEqual(["key.png"]);
});

test("changed, shortened and missing artifacts are refused", async () => {
  const root = join(folder.path, "store");
  const store = createFilesystemStore({ root });
  const ref = await writeArtifact(store, "clip", Buffer.from("0123456789"), { mediaType: "video/mp4" });
  await writeFile(join(root, "clip"), "012345678X");
  expect(await codeOf(readArtifact(store, ref))).toBe("artifact_corrupt");
  await truncate(join(root, "clip"), 9);
  expect(await codeOf(readArtifact(store, ref))).toBe("artifact_corrupt");
  await store.delete("clip");
  expect(await codeOf(readArtifact(store, ref))).toBe("object_not_found");
  const again = writeArtifact(store, "clip", Buffer.from("x"), { mediaType: "video/mp4", ifAbsent: true });
  expect(await codeOf(again)).toBe("no error");
});

test("what a dead process left half-written a day ago is swept, younger files are not", async () => {
  const root = join(folder.path, "swept");
  await createFilesystemStore({ root }).put("key", Buffer.from("x"));
  await writeFile(join(root, ".tmp", "old"), "half");
  await writeFile(join(root, ".tmp", "young"), "half");
  const twoDaysAgo = new Date(Date.now() - 2 * 86_400_000);
  await utimes(join(root, ".tmp", "old"), twoDaysAgo, twoDaysAgo);
  const store = createFilesystemStore({ root });
  await store.put("key2", Buffer.from("x"));
  expect(await readdir(join(root, ".tmp"))).toEqual(["young"]);
  const listed: string[] = [];
  for await (const info of store.list("")) listed.push(info.key);
  expect(listed).toEqual(["key", "key2"]);
});
