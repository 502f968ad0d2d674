import { mkdir, open, rmdir } from "node:fs/promises";
import { dirname } from "node:path";
import { hasErrno } from "./errno.ts";

/** Makes a folder and its parents; what was made survives a power cut. */
export async function makeDurableFolder(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true });
  if (first === undefined) return;
  // A new name is durable once the folder that holds it is synced; together they cost little more than one of them.
  const holders: string[] = [];
  for (let folder = path; folder.length >= first.length; folder = dirname(folder))
    holders.push(dirname(folder));
  await Promise.all(holders.map(syncFolder));
}

/** Makes the names in a folder durable, where the platform can (Windows cannot open a folder). */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Removes `path` and its parents as far as they are empty, up to but not including `root`. */
export async function removeEmptyFolders(path: string, root: string): Promise<void> {
  for (let folder = path; folder.length > root.length; folder = dirname(folder)) {
    try {
      await rmdir(folder);
    } catch (error) {
      if (hasErrno(error, "ENOTEMPTY", "EEXIST", "ENOENT", "EBUSY")) return;
      throw error;
    }
  }
}
