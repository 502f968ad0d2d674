import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import type { FolderFile } from "./folder-files.ts";

/** Digests of files that have not changed since they were read by this process. */
const known = new Map<string, string>();

/** sha256 of a file, in hex; read in pieces, and only once while path, inode, time and size stay the same. */
export async function fileDigest(file: FolderFile): Promise<string> {
  const key = [file.path, file.inode, file.modifiedMs, file.sizeBytes].join("\0");
  const found = known.get(key);
  if (found !== undefined) return found;
  const hash = createHash("sha256");
  await pipeline(createReadStream(file.path, { highWaterMark: 1 << 20 }), hash);
  const digest = hash.digest("hex");
  known.set(key, digest);
  return digest;
}
