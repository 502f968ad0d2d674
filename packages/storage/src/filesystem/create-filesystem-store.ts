import { stat, unlink } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import type { Readable } from "node:stream";
import { throwIfAborted } from "@kinora/runtime";
import { createBodySource } from "../body-source.ts";
import { assertObjectKey, assertObjectPrefix } from "../object-key.ts";
import type { ObjectInfo, ObjectStore, PutOptions, PutResult } from "../object-store.ts";
import { orStorageError, orStorageErrors } from "../storage-error.ts";
import { removeEmptyFolders } from "./durable-folder.ts";
import { hasErrno, isMissingFile } from "./errno.ts";
import { listFiles } from "./list-files.ts";
import { fileInfo, openFileObject, readFileObject } from "./read-file-object.ts";
import { prepareRoot, writeFileObject } from "./write-file-object.ts";

/** Settings of the filesystem store. */
export interface FilesystemStoreOptions {
  /** Folder of the objects; made when the first one is written. */
  readonly root: string;
}

/**
 * Objects as files under one folder: the store of one machine. Several processes may share the
 * folder. An object is written to a temporary file, synced, and then given its name in one step:
 * rename(2), or link(2) for `ifAbsent`, which fails if the name exists. Once `put` resolves, the
 * object survives a power cut. Media types are not kept.
 */
export function createFilesystemStore(options: FilesystemStoreOptions): ObjectStore {
  const root = resolve(options.root);
  const pathOf = (key: string): string => {
    assertObjectKey(key);
    return join(root, key);
  };
  const put = createPut(root, pathOf);
  return {
    put,
    get: async (key, options = {}) => {
      const path = pathOf(key);
      return orStorageError(() => readFileObject(path, key, options), options.signal);
    },
    open: async (key, options = {}) => {
      const path = pathOf(key);
      return orStorageError(() => openFileObject(path, key, options), options.signal);
    },
    head: async (key, { signal } = {}) => {
      const path = pathOf(key);
      return orStorageError(() => headFile(path, key), signal);
    },
    delete: async (key, { signal } = {}) => {
      const path = pathOf(key);
      await orStorageError(() => deleteFile(path, root), signal);
    },
    list: (prefix, { signal } = {}) => {
      assertObjectPrefix(prefix);
      return orStorageErrors(listFiles({ root, prefix, signal }), signal);
    },
    close: async () => {},
  };
}

function createPut(root: string, pathOf: (key: string) => string): ObjectStore["put"] {
  let prepared: Promise<void> | undefined;
  return async (key: string, body: Uint8Array | Readable, options: PutOptions = {}): Promise<PutResult> => {
    const target = { root, key, path: pathOf(key) };
    const source = createBodySource(body, options.signal);
    try {
      throwIfAborted(options.signal);
      prepared ??= prepareRoot(root);
      await prepared.catch((error: unknown) => {
        prepared = undefined;
        throw error;
      });
      await writeFileObject(target, source, options);
      return source.result();
    } catch (error) {
      source.destroy();
      throw source.blame(error);
    }
  };
}

async function headFile(path: string, key: string): Promise<ObjectInfo | undefined> {
  try {
    const stats = await stat(path);
    return stats.isFile() ? fileInfo(key, stats) : undefined;
  } catch (error) {
    if (isMissingFile(error)) return undefined;
    throw error;
  }
}

async function deleteFile(path: string, root: string): Promise<void> {
  try {
    await unlink(path);
  } catch (error) {
    // Unlinking a folder is EISDIR on Linux and EPERM on macOS: there is no object of that key.
    if (isMissingFile(error) || hasErrno(error, "EISDIR")) return;
    throw error;
  }
  await removeEmptyFolders(dirname(path), root);
}
