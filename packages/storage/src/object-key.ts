import { StorageBug } from "./storage-error.ts";

/** Longest key in characters; S3 allows 1,024 with its prefix, filesystems 4,096 with their root. */
export const MAX_KEY_CHARS = 768;

// 200 characters leave room for what a filesystem (255) or its tools append to a name.
const SEGMENT = /^[A-Za-z0-9_=-][A-Za-z0-9._=-]{0,199}$/;

/**
 * Throws a bug unless `key` is `/`-separated segments of `A-Z a-z 0-9 . _ = -`, none of which is
 * empty, starts with a dot or exceeds 200 characters. Such a key means the same in a URL, in S3 and
 * on a filesystem, and cannot leave the store's folder.
 */
export function assertObjectKey(key: string): void {
  if (key.length > MAX_KEY_CHARS || !key.split("/").every((segment) => SEGMENT.test(segment))) {
    throw new StorageBug(`${JSON.stringify(key)} is not an object key.`);
  }
}

/** Throws a bug unless some valid key starts with `prefix`; the empty prefix stands for all keys. */
export function assertObjectPrefix(prefix: string): void {
  if (prefix === "") return;
  assertObjectKey(prefix.endsWith("/") ? prefix.slice(0, -1) : prefix);
}
