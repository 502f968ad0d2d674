import { AppError } from "@kinora/errors";
import { abortError } from "@kinora/runtime";
import type { EngineProcess } from "./engine-process.ts";
import { FrameStream } from "./frame-pipe.ts";
import type { SerialQueue } from "./serial-queue.ts";
import type { Slots } from "./slots.ts";

/** What a streamed call needs of its engine. */
export interface StreamCallOptions {
  readonly queue: SerialQueue;
  /** Limits how many lots of frames are computed but not read. */
  readonly slots: Slots;
  readonly signal: AbortSignal | undefined;
  /** Computes the frames and puts them on the child's pipe. */
  readonly compute: (signal: AbortSignal) => Promise<{ process: EngineProcess; reply: { bytes: number } }>;
}

/** Starts a call whose output arrives as a stream; every failure of the call destroys the stream with it. */
export function startStreamCall(options: StreamCallOptions): FrameStream {
  const stream = new FrameStream();
  const abandoned = new AbortController();
  const { signal } = options;
  const onAbort = (): void => void stream.destroy(signal === undefined ? undefined : abortError(signal));
  signal?.addEventListener("abort", onAbort, { once: true });
  stream.once("close", () => {
    signal?.removeEventListener("abort", onAbort);
    abandoned.abort();
  });
  if (signal?.aborted) onAbort();
  callInTurn(stream, options, abandoned.signal).catch((error: unknown) =>
    stream.destroy(AppError.from(error)),
  );
  return stream;
}

async function callInTurn(
  stream: FrameStream,
  { queue, slots, compute }: StreamCallOptions,
  signal: AbortSignal,
): Promise<void> {
  // Without waiting where there is a place, so that the queue sees calls in the order they were made.
  const release = slots.tryAcquire() ?? (await slots.acquire(signal));
  let isStarted = false;
  const task = async (): Promise<void> => {
    isStarted = true;
    try {
      const { process, reply } = await compute(signal);
      // Not awaited: the next run computes while these bytes are read.
      void process.frames.expect(reply.bytes, stream).then(release);
    } catch (error) {
      release();
      throw error;
    }
  };
  await queue.run(task, signal).catch((error: unknown) => {
    // An aborted task that runs still has bytes to come, and gives its place back by itself.
    if (!isStarted) release();
    throw error;
  });
}
