import { randomUUID } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { pipeline } from "node:stream/promises";
import type { video } from "@kinora/contracts";
import { AppError } from "@kinora/errors";

/** A file of a clip on its way. */
export interface VideoDownload {
  /** For example `video/mp4`. */
  readonly mediaType: string;
  readonly sizeBytes: number;
  /** The bytes in order; to be read once. It throws when the stream breaks off. */
  readonly chunks: AsyncIterable<Uint8Array>;
}

/** Reads the first piece, which describes the file, and leaves the others to the caller. */
export async function readDownload(pieces: AsyncIterable<video.DownloadResponse>): Promise<VideoDownload> {
  const iterator = pieces[Symbol.asyncIterator]();
  const first = await iterator.next();
  if (first.done === true) throw breakOff("no piece came");
  const { mediaType, data } = first.value;
  const sizeBytes = Number(first.value.sizeBytes);
  return { mediaType, sizeBytes, chunks: readPieces(data, iterator, sizeBytes) };
}

/** Saves a download, whole or not at all. Returns the size in bytes. */
export async function saveDownload({ chunks, sizeBytes }: VideoDownload, path: string): Promise<number> {
  await saveWhole(chunks, path);
  return sizeBytes;
}

/** Writes bytes beside `path`, whose folder it makes, and renames the file when it is whole. */
export async function saveWhole(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  path: string,
): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const partial = `${path}.${randomUUID()}.part`;
  try {
    await pipeline(chunks, createWriteStream(partial));
    await rename(partial, path);
  } finally {
    await rm(partial, { force: true });
  }
}

async function* readPieces(
  first: Uint8Array,
  rest: AsyncIterator<video.DownloadResponse>,
  sizeBytes: number,
): AsyncGenerator<Uint8Array, void> {
  let receivedBytes = first.byteLength;
  try {
    yield first;
    for (let piece = await rest.next(); piece.done !== true; piece = await rest.next()) {
      receivedBytes += piece.value.data.byteLength;
      yield piece.value.data;
    }
  } finally {
    // Whoever stops reading early ends the call, too.
    await rest.return?.();
  }
  if (receivedBytes !== sizeBytes) throw breakOff(`${receivedBytes} of ${sizeBytes} bytes came`);
}

function breakOff(reason: string): AppError {
  return new AppError("unavailable", { what: "The file", reason });
}
