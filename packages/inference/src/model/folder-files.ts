import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "@kinora/errors";

/** A regular file of a model folder. */
export interface FolderFile {
  /** Path from the folder, with forward slashes. */
  readonly rel: string;
  readonly path: string;
  readonly sizeBytes: number;
  readonly modifiedMs: number;
  readonly inode: number;
  /** Number of names the file has; above 1 it can be changed from outside the folder. */
  readonly links: number;
}

/** What to leave out of a listing. */
export interface ListOptions {
  readonly model: string;
  /** Skip entries whose name begins with a dot, such as a downloader's cache. */
  readonly skipHidden: boolean;
}

/**
 * All files under `root`, sorted by path. Throws AppError `model_invalid` for anything that is neither a
 * regular file nor a folder: a link could lead out of the model folder.
 */
export async function listFolder(root: string, options: ListOptions): Promise<FolderFile[]> {
  const files = await listBelow(root, "", options);
  return files.sort((a, b) => (a.rel < b.rel ? -1 : 1));
}

async function listBelow(root: string, prefix: string, options: ListOptions): Promise<FolderFile[]> {
  const entries = await readdir(join(root, prefix), { withFileTypes: true });
  const files: FolderFile[] = [];
  for (const entry of entries) {
    if (options.skipHidden && entry.name.startsWith(".")) continue;
    const rel = prefix + entry.name;
    if (entry.isDirectory()) files.push(...(await listBelow(root, `${rel}/`, options)));
    else if (entry.isFile()) files.push(await describeFile(root, rel));
    else {
      const found = entry.isSymbolicLink() ? "a symbolic link" : "neither a file nor a folder";
      const reason = `${rel} is ${found}; it must be a regular file inside the folder.`;
      throw new AppError("model_invalid", { model: options.model, reason });
    }
  }
  return files;
}

async function describeFile(root: string, rel: string): Promise<FolderFile> {
  const path = join(root, rel);
  const { size, mtimeMs, ino, nlink } = await lstat(path);
  return { rel, path, sizeBytes: size, modifiedMs: mtimeMs, inode: ino, links: nlink };
}
