import { randomUUID } from "node:crypto";
import { link, open, readdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { AppError } from "@kinora/errors";
import { throwIfAborted } from "@kinora/runtime";
import type { BodySource } from "../body-source.ts";
import type { PutOptions } from "../object-store.ts";
import { makeDurableFolder, syncFolder } from "./durable-folder.ts";
import { hasErrno } from "./errno.ts";

/** Folder of half-written objects inside the root. No key starts with a dot, so none can name it. */
const TEMPORARY = ".tmp";
const STALE_AFTER_MS = 24 * 3_600_000;
const NAMING_ATTEMPTS = 10;

/** Where one object goes. */
export interface FileTarget {
  readonly root: string;
  readonly key: string;
  /** The key's path under the root. */
  readonly path: string;
}

/** Makes the store's folders and removes what processes that died a day ago left half-written. */
export async function prepareRoot(root: string): Promise<void> {
  const temporary = join(root, TEMPORARY);
  await makeDurableFolder(temporary);
  for (const name of await readdir(temporary)) {
    const path = join(temporary, name);
    // Another process may be sweeping too: a vanished file is fine.
    const stats = await stat(path).catch(() => undefined);
    if (stats && Date.now() - stats.mtimeMs > STALE_AFTER_MS) await rm(path, { force: true });
  }
}

/** Writes the body to a synced temporary file, then gives it its name in one step. */
export async function writeFileObject(
  target: FileTarget,
  source: BodySource,
  options: PutOptions,
): Promise<void> {
  const half = join(target.root, TEMPORARY, randomUUID());
  try {
    const handle = await open(half, "wx");
    try {
      for await (const chunk of source.chunks) {
        throwIfAborted(options.signal);
        await writeAll(handle, chunk);
      }
      // Side by side: each waits for the disk.
      await Promise.all([handle.sync(), makeDurableFolder(dirname(target.path))]);
    } finally {
      await handle.close();
    }
    throwIfAborted(options.signal);
    await giveName(half, target, options.ifAbsent === true);
  } finally {
    await rm(half, { force: true });
  }
}

async function writeAll(handle: Awaited<ReturnType<typeof open>>, chunk: Uint8Array): Promise<void> {
  for (let at = 0; at < chunk.length; ) {
    at += (await handle.write(chunk, at)).bytesWritten;
  }
}

async function giveName(half: string, target: FileTarget, ifAbsent: boolean): Promise<void> {
  const folder = dirname(target.path);
  for (let attempt = 1; ; attempt += 1) {
    await makeDurableFolder(folder);
    try {
      await (ifAbsent ? link(half, target.path) : rename(half, target.path));
      return await syncFolder(folder);
    } catch (error) {
      if (ifAbsent && hasErrno(error, "EEXIST")) {
        throw new AppError("object_exists", { key: target.key }, { cause: error });
      }
      // A deleter removed the folder, empty until now, between our two steps.
      if (!hasErrno(error, "ENOENT") || attempt === NAMING_ATTEMPTS) throw error;
    }
  }
}
