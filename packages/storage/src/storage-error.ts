import { PassThrough, type Readable } from "node:stream";
import { AppError, errorMessage } from "@kinora/errors";
import { abortError, throwIfAborted } from "@kinora/runtime";

/** A mistake of our own code, which no adapter may turn into `storage_failed`. */
export class StorageBug extends Error {
  constructor(what: string) {
    super(`${what} This is a bug.`);
    this.name = "StorageBug";
  }
}

/** Turns what an adapter's backend threw into the port's errors; an abort wins over its consequences. */
export function storageError(error: unknown, signal?: AbortSignal): Error {
  if (signal?.aborted) return abortError(signal);
  if (error instanceof AppError || error instanceof StorageBug) return error;
  return new AppError("storage_failed", { reason: errorMessage(error) }, { cause: error });
}

/** Runs one call to the backend, its errors turned by `storageError`. */
export async function orStorageError<T>(call: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  throwIfAborted(signal);
  try {
    return await call();
  } catch (error) {
    throw storageError(error, signal);
  }
}

/** The same items, the errors of their source turned by `storageError`. */
export async function* orStorageErrors<T>(items: AsyncIterable<T>, signal?: AbortSignal): AsyncGenerator<T> {
  throwIfAborted(signal);
  const iterator = items[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await orStorageError(() => iterator.next(), signal);
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    await iterator.return?.();
  }
}

/** The same bytes, the stream's errors turned by `storageError`; it ends when the signal aborts. */
export function guardedStream(source: Readable, signal?: AbortSignal): Readable {
  const guarded = new PassThrough();
  const abort = (): void => void guarded.destroy(storageError(undefined, signal));
  source.on("error", (error) => guarded.destroy(storageError(error, signal)));
  guarded.once("close", () => {
    signal?.removeEventListener("abort", abort);
    source.destroy();
  });
  if (signal?.aborted) abort();
  else signal?.addEventListener("abort", abort, { once: true });
  return source.pipe(guarded);
}
