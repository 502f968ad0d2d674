import { opendir, stat } from "node:fs/promises";
import { join } from "node:path";
import { throwIfAborted } from "@kinora/runtime";
import type { ObjectInfo } from "../object-store.ts";
import { isMissingFile } from "./errno.ts";
import { fileInfo } from "./read-file-object.ts";

/** What to list. */
export interface ListFilesOptions {
  readonly root: string;
  readonly prefix: string;
  readonly signal?: AbortSignal | undefined;
}

/** Walks the folders that can hold keys with the prefix, in key order, as S3 lists. */
export async function* listFiles(options: ListFilesOptions): AsyncGenerator<ObjectInfo> {
  yield* walk("", options);
}

async function* walk(folderKey: string, options: ListFilesOptions): AsyncGenerator<ObjectInfo> {
  const { root, prefix, signal } = options;
  for (const name of await sortedNames(join(root, folderKey))) {
    throwIfAborted(signal);
    const key = folderKey + name;
    if (name.endsWith("/")) {
      if (key.startsWith(prefix) || prefix.startsWith(key)) yield* walk(key, options);
    } else if (key.startsWith(prefix)) {
      const info = await infoOf(root, key);
      if (info !== undefined) yield info;
    }
  }
}

/** Names in a folder, those of folders with "/" behind: so their order is the order of the keys below. */
async function sortedNames(path: string): Promise<string[]> {
  const names: string[] = [];
  try {
    for await (const entry of await opendir(path)) {
      if (entry.name.startsWith(".")) continue;
      if (entry.isDirectory()) names.push(`${entry.name}/`);
      else if (entry.isFile()) names.push(entry.name);
    }
  } catch (error) {
    // A deleter emptied the folder while we walked.
    if (!isMissingFile(error)) throw error;
  }
  // Keys are ASCII, so the default order (UTF-16 units) is the order of bytes.
  return names.sort();
}

async function infoOf(root: string, key: string): Promise<ObjectInfo | undefined> {
  try {
    return fileInfo(key, await stat(join(root, key)));
  } catch (error) {
    if (isMissingFile(error)) return undefined;
    throw error;
  }
}
