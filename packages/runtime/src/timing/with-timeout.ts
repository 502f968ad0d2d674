import { AppError } from "@kinora/errors";
import { abortError, throwIfAborted } from "./abort-error.ts";

/** Bounds of one piece of work. */
export interface TimeoutOptions {
  readonly timeoutMs: number;
  /** Subject of the error's sentence, for example "Loading pocket". */
  readonly what: string;
  /** Ends the work earlier. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs `work` with a signal that aborts after `timeoutMs`, or when the given signal does, and
 * settles at that moment even if the work ignores its signal. Throws `deadline_exceeded`, or what
 * `abortError` makes of the given signal.
 */
export async function withTimeout<T>(
  work: (signal: AbortSignal) => Promise<T>,
  options: TimeoutOptions,
): Promise<T> {
  throwIfAborted(options.signal);
  const { timeoutMs, what } = options;
  const controller = new AbortController();
  const ended = Promise.withResolvers<never>();
  const end = (error: AppError) => {
    ended.reject(error);
    controller.abort(error);
  };
  const onAbort = () => options.signal && end(abortError(options.signal));
  const timer = setTimeout(() => end(new AppError("deadline_exceeded", { what, timeoutMs })), timeoutMs);
  options.signal?.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.race([work(controller.signal), ended.promise]);
  } finally {
    clearTimeout(timer);
    options.signal?.removeEventListener("abort", onAbort);
  }
}
