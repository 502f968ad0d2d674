import { createHash } from "node:crypto";
import { addAbortSignal, type Readable } from "node:stream";
import type { PutResult } from "./object-store.ts";
import { storageError } from "./storage-error.ts";

/** A body being written: iterate `chunks` once, then ask for the result. */
export interface BodySource {
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Digest and size of what was iterated. */
  result(): PutResult;
  /** What to throw when the write failed with `error`: the abort, the body's own failure, or the store's. */
  blame(error: unknown): unknown;
  /** Frees the body stream of a write that ended early. */
  destroy(): void;
}

/**
 * Hashes and counts a body while an adapter writes it, and remembers whether a failure was the
 * body's own, so that it is not blamed on the store.
 */
export function createBodySource(body: Uint8Array | Readable, signal?: AbortSignal): BodySource {
  const hash = createHash("sha256");
  let sizeBytes = 0;
  let failure: { readonly error: unknown } | undefined;
  async function* read(): AsyncGenerator<Uint8Array> {
    try {
      for await (const chunk of body instanceof Uint8Array ? [body] : body) {
        const bytes = typeof chunk === "string" ? Buffer.from(chunk) : (chunk as Uint8Array);
        hash.update(bytes);
        sizeBytes += bytes.length;
        yield bytes;
      }
    } catch (error) {
      failure = { error };
      throw error;
    }
  }
  if (!(body instanceof Uint8Array)) {
    // A stream that fails before it is iterated must not end the process; iterating it throws then.
    body.on("error", () => {});
    if (signal !== undefined) addAbortSignal(signal, body);
  }
  return {
    chunks: read(),
    result: () => ({ sha256: hash.digest("hex"), sizeBytes }),
    blame: (error) =>
      failure === undefined || signal?.aborted ? storageError(error, signal) : failure.error,
    destroy: () => {
      if (!(body instanceof Uint8Array)) body.destroy();
    },
  };
}
