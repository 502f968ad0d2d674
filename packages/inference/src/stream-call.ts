import { AppError } from "@kinora/errors";
import { abortError } from "@kinora/runtime";
import { FRAME_SLOTS, type StreamReply } from "./engine-child/protocol.ts";
import type { EngineProcess } from "./engine-process.ts";
import { FrameStream } from "./frame-stream.ts";
import type { HandOver, SerialQueue } from "./serial-queue.ts";
import { createSlots } from "./slots.ts";

/** What a streamed call needs of its engine. */
export interface StreamCallOptions {
  readonly queue: SerialQueue;
  readonly places: FramePlaces;
  readonly signal: AbortSignal | undefined;
  /** Computes the frames and leaves them in the child's slot; hands over once the child has been asked. */
  readonly compute: (
    slot: number,
    signal: AbortSignal,
    handOver: HandOver,
  ) => Promise<{ process: EngineProcess; reply: StreamReply }>;
}

/** Who may use which of the children's slots for frames. */
export interface FramePlaces {
  /** A free slot and what gives it back, or a wait for one. In turn: nobody who asks later gets one before. */
  acquire(signal: AbortSignal): FramePlace | Promise<FramePlace>;
}

interface FramePlace {
  readonly slot: number;
  release(): void;
}

/** Creates the places of one engine, all free. */
export function createFramePlaces(): FramePlaces {
  const slots = createSlots(FRAME_SLOTS);
  const free = Array.from({ length: FRAME_SLOTS }, (_, slot) => slot);
  const occupy = (giveBack: () => void): FramePlace => {
    const slot = free.shift();
    if (slot === undefined) throw new Error("No slot for frames is free. This is a bug.");
    let isHeld = true;
    const release = (): void => {
      if (!isHeld) return;
      isHeld = false;
      free.push(slot);
      giveBack();
    };
    return { slot, release };
  };
  return {
    acquire(signal) {
      // Without waiting where there is a place, so that the queue sees calls in the order they were made.
      const giveBack = slots.tryAcquire();
      return giveBack === undefined ? slots.acquire(signal).then(occupy) : occupy(giveBack);
    },
  };
}

/** Starts a call whose output arrives as a stream; every failure of the call destroys the stream with it. */
export function startStreamCall(options: StreamCallOptions): FrameStream {
  const stream = new FrameStream();
  // Its reader is told when it reads: a failure before that must not end the process.
  stream.on("error", () => {});
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
  { queue, places, compute }: StreamCallOptions,
  signal: AbortSignal,
): Promise<void> {
  const acquired = places.acquire(signal);
  const { slot, release } = acquired instanceof Promise ? await acquired : acquired;
  let isStarted = false;
  const task = async (handOver: HandOver): Promise<void> => {
    isStarted = true;
    try {
      const { process, reply } = await compute(slot, signal, handOver);
      stream.deliver(process.frames.lot(slot, reply.frames, release));
    } catch (error) {
      release();
      throw error;
    }
  };
  await queue.run(task, signal).catch((error: unknown) => {
    // An aborted task that runs still has frames to come, and gives its place back by itself.
    if (!isStarted) release();
    throw error;
  });
}
