import type { Readable } from "node:stream";
import { AppError } from "@kinora/errors";
import type { ObjectStore } from "./object-store.ts";
import { sha256Of } from "./sha256-of.ts";

/** A finished object and what a reader must find there. */
export interface ArtifactRef {
  readonly key: string;
  /** SHA-256 of the bytes, lower-case hex. */
  readonly sha256: string;
  readonly sizeBytes: number;
  /** For example "image/png". */
  readonly mediaType: string;
}

/** What reading needs of a reference: `kinora.types.v1.Artifact` fits as well. */
export interface ReadableArtifact {
  readonly key: string;
  readonly sha256: string;
  readonly sizeBytes: number | bigint;
}

/** How to write an artifact. */
export interface WriteArtifactOptions {
  readonly mediaType: string;
  /** Refuse with `object_exists` if the key is there already. */
  readonly ifAbsent?: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** Stores the bytes and returns the reference by which others read them. */
export async function writeArtifact(
  store: ObjectStore,
  key: string,
  body: Uint8Array | Readable,
  options: WriteArtifactOptions,
): Promise<ArtifactRef> {
  const { mediaType, ifAbsent = false, signal } = options;
  const written = await store.put(key, body, {
    mediaType,
    ifAbsent,
    ...(signal !== undefined && { signal }),
  });
  return { key, ...written, mediaType };
}

/**
 * The artifact's bytes, in memory. Throws `artifact_corrupt` when size or digest differ from the
 * reference; an object of another size is not read at all.
 */
export async function readArtifact(
  store: ObjectStore,
  artifact: ReadableArtifact,
  options: { readonly signal?: AbortSignal | undefined } = {},
): Promise<Uint8Array> {
  const { key, sha256 } = artifact;
  const sizeBytes = Number(artifact.sizeBytes);
  const { body, info } = await store.open(
    key,
    options.signal === undefined ? {} : { signal: options.signal },
  );
  if (info.sizeBytes !== sizeBytes) {
    body.destroy();
    throw corrupt(key, `${info.sizeBytes} bytes in place of ${sizeBytes}`);
  }
  const bytes = new Uint8Array(sizeBytes);
  let read = 0;
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    if (read + chunk.length > sizeBytes) throw corrupt(key, `more than ${sizeBytes} bytes`);
    bytes.set(chunk, read);
    read += chunk.length;
  }
  if (read !== sizeBytes) throw corrupt(key, `${read} bytes in place of ${sizeBytes}`);
  const found = sha256Of(bytes);
  if (found !== sha256) throw corrupt(key, `SHA-256 ${found} in place of ${sha256}`);
  return bytes;
}

function corrupt(key: string, reason: string): AppError {
  return new AppError("artifact_corrupt", { key, reason });
}
