import type { Readable } from "node:stream";

/** What the store knows of one object. */
export interface ObjectInfo {
  readonly key: string;
  readonly sizeBytes: number;
  /** Unix milliseconds. */
  readonly modifiedAtMs: number;
}

/** How to write an object. */
export interface PutOptions {
  readonly mediaType?: string;
  /** Refuse with `object_exists` if the key is there already: the first writer wins. */
  readonly ifAbsent?: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** What was written. */
export interface PutResult {
  /** SHA-256 of the bytes, lower-case hex. */
  readonly sha256: string;
  readonly sizeBytes: number;
}

/**
 * How to read an object. `start` and `end` are byte offsets, `end` inclusive as in HTTP ranges. An
 * `end` past the object is cut; a `start` past it, or past `end`, throws a bug: look with `head` first.
 */
export interface GetOptions {
  readonly start?: number;
  readonly end?: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Where keyframes and clips live: the filesystem on one machine, S3 on many.
 *
 * Keys follow `assertObjectKey`; a bad one throws a bug. A key must not be the folder of another
 * one (`a` beside `a/b`), which no filesystem can hold. A missing key throws `object_not_found`; an
 * unreachable store throws `storage_failed`; an aborted signal throws `cancelled` or
 * `deadline_exceeded` and, for a body that is a stream, destroys it. A body stream's own error is
 * thrown as it is. A reader never sees half an object.
 */
export interface ObjectStore {
  put(key: string, body: Uint8Array | Readable, options?: PutOptions): Promise<PutResult>;
  /** The whole object (or the range) in memory. */
  get(key: string, options?: GetOptions): Promise<Uint8Array>;
  /** The object (or the range) as a stream, with the whole object's size. */
  open(key: string, options?: GetOptions): Promise<{ body: Readable; info: ObjectInfo }>;
  /** Undefined when the key is missing. */
  head(key: string, options?: { signal?: AbortSignal | undefined }): Promise<ObjectInfo | undefined>;
  /** Deleting a missing key is not an error. */
  delete(key: string, options?: { signal?: AbortSignal | undefined }): Promise<void>;
  /** Every object whose key starts with `prefix`, in key order. */
  list(prefix: string, options?: { signal?: AbortSignal | undefined }): AsyncIterable<ObjectInfo>;
  close(): Promise<void>;
}
