import { ftruncateSync, readSync, writeSync } from "node:fs";
import { setImmediate as nextTurn } from "node:timers/promises";
import { elementCount, TENSOR_ARRAYS, type Tensor } from "../tensor/tensor.ts";
import type { Crossing, PlacedTensor } from "./protocol.ts";

/**
 * One end of the file through which a host and its child hand each other tensors: one copy into the page cache and
 * one out of it, where the channel would serialize them and cut them into many small pieces. Calls are made one
 * after another, so whoever's turn it is has the file to itself.
 */
export interface TensorExchange {
  /** Writes large tensors into the file. Small ones, and those for which there is no room, cross by value. */
  place<T extends Crossing>(
    crossings: Readonly<Record<string, T>>,
  ): Promise<Record<string, T | PlacedTensor>>;
  /** Reads what the other end placed. */
  take<T extends Crossing>(
    crossings: Readonly<Record<string, T>>,
  ): Promise<Record<string, Exclude<T, PlacedTensor> | Tensor>>;
  /** Makes whatever is under way or comes later throw `reason`, so that the file can be closed. */
  close(reason: Error): void;
}

/** Smaller tensors cost less within the message. */
const LEAST_BYTES = 8 << 10;
/** Copied at once: about a millisecond, so that tensors of any size leave the event loop free. */
const CHUNK_BYTES = 4 << 20;
/** The file is emptied when a call used more. */
const KEPT_BYTES = 16 << 20;
/** Tensors begin at a multiple of it: a cache line. */
const ALIGNMENT = 64;

/** Creates an end over an open file; without a file everything crosses by value. */
export function createTensorExchange(fd: number | undefined): TensorExchange {
  const file: SharedFile = { fd: fd ?? -1, closedFor: undefined };
  return {
    async place<T extends Crossing>(crossings: Readonly<Record<string, T>>) {
      const placed: Record<string, T | PlacedTensor> = { ...crossings };
      let offset = 0;
      for (const [name, crossing] of Object.entries<Crossing>(crossings)) {
        if (fd === undefined || !("data" in crossing) || crossing.data.byteLength < LEAST_BYTES) continue;
        const tensor = await placeTensor(file, crossing, offset);
        if (tensor === undefined) break;
        placed[name] = tensor;
        offset = Math.ceil((offset + crossing.data.byteLength) / ALIGNMENT) * ALIGNMENT;
      }
      return placed;
    },
    async take<T extends Crossing>(crossings: Readonly<Record<string, T>>) {
      const taken: Record<string, Crossing> = { ...crossings };
      let end = 0;
      for (const [name, crossing] of Object.entries<Crossing>(crossings)) {
        if (!("offset" in crossing)) continue;
        const tensor = await takeTensor(file, crossing);
        taken[name] = tensor;
        end = crossing.offset + tensor.data.byteLength;
      }
      if (end > KEPT_BYTES) ftruncateSync(file.fd, 0);
      return taken as Record<string, Exclude<T, PlacedTensor> | Tensor>;
    },
    close(reason) {
      file.closedFor = reason;
    },
  };
}

interface SharedFile {
  readonly fd: number;
  closedFor: Error | undefined;
}

/** Undefined where the file finds no room. */
async function placeTensor(
  file: SharedFile,
  { type, dims, data }: Tensor,
  offset: number,
): Promise<PlacedTensor | undefined> {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  try {
    await inChunks(file, bytes, (chunk, at) => writeSync(file.fd, chunk, 0, chunk.length, offset + at));
    return { type, dims: [...dims], offset };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOSPC") return undefined;
    throw error;
  }
}

async function takeTensor(file: SharedFile, { type, dims, offset }: PlacedTensor): Promise<Tensor> {
  const data = new TENSOR_ARRAYS[type](elementCount(dims));
  const bytes = new Uint8Array(data.buffer);
  await inChunks(file, bytes, (chunk, at) => readSync(file.fd, chunk, 0, chunk.length, offset + at));
  return { type, dims, data } as Tensor;
}

/** Calls `copy` for one chunk after another, which says how much of it went through. */
async function inChunks(
  file: SharedFile,
  bytes: Uint8Array,
  copy: (chunk: Uint8Array, at: number) => number,
): Promise<void> {
  let pauseAt = CHUNK_BYTES;
  for (let at = 0; at < bytes.length; ) {
    if (file.closedFor !== undefined) throw file.closedFor;
    const count = copy(bytes.subarray(at, Math.min(pauseAt, bytes.length)), at);
    if (count === 0) throw new Error("The exchange of tensors is shorter than it should be. This is a bug.");
    at += count;
    if (at === pauseAt && at < bytes.length) {
      pauseAt += CHUNK_BYTES;
      await nextTurn();
    }
  }
}
