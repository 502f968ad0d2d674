import type { Stats } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { Readable } from "node:stream";
import { AppError } from "@kinora/errors";
import { throwIfAborted } from "@kinora/runtime";
import { assertRange, resolveRange } from "../byte-range.ts";
import type { GetOptions, ObjectInfo } from "../object-store.ts";
import { guardedStream } from "../storage-error.ts";
import { isMissingFile } from "./errno.ts";

// Between two reads of this size an abort is noticed. A stream's usual 64 KiB would be a trip to another thread each.
const READ_BYTES = 1 << 20;

/** What the file system says of an object. */
export function fileInfo(key: string, stats: Stats): ObjectInfo {
  return { key, sizeBytes: stats.size, modifiedAtMs: Math.floor(stats.mtimeMs) };
}

/** The object's bytes, or the range's, in memory. */
export async function readFileObject(path: string, key: string, options: GetOptions): Promise<Uint8Array> {
  const { handle, info } = await openFile(path, key, options);
  try {
    const range = resolveRange(options, info.sizeBytes);
    if (range === undefined) return new Uint8Array();
    const bytes = new Uint8Array(range.end - range.start + 1);
    for (let at = 0; at < bytes.length; ) {
      throwIfAborted(options.signal);
      const length = Math.min(READ_BYTES, bytes.length - at);
      const { bytesRead } = await handle.read(bytes, at, length, range.start + at);
      if (bytesRead === 0) throw new Error(`the file of ${key} became shorter while it was read`);
      at += bytesRead;
    }
    return bytes;
  } finally {
    await handle.close();
  }
}

/** The object's bytes, or the range's, as a stream that closes the file when it ends or is destroyed. */
export async function openFileObject(path: string, key: string, options: GetOptions) {
  const { handle, info } = await openFile(path, key, options);
  try {
    const range = resolveRange(options, info.sizeBytes);
    if (range !== undefined) {
      return {
        body: guardedStream(handle.createReadStream({ ...range, highWaterMark: READ_BYTES }), options.signal),
        info,
      };
    }
    await handle.close();
    return { body: Readable.from([]), info };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function openFile(
  path: string,
  key: string,
  options: GetOptions,
): Promise<{ handle: FileHandle; info: ObjectInfo }> {
  throwIfAborted(options.signal);
  assertRange(options);
  const handle = await open(path, "r").catch((error: unknown) => {
    throw isMissingFile(error) ? new AppError("object_not_found", { key }, { cause: error }) : error;
  });
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) throw new AppError("object_not_found", { key });
    return { handle, info: fileInfo(key, stats) };
  } catch (error) {
    await handle.close();
    throw error;
  }
}
