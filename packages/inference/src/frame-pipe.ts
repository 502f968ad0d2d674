import { type Duplex, Readable } from "node:stream";

/** Cuts the bytes of the engine's pipe into one stream per call. */
export interface FramePipe {
  /**
   * The next `bytes` bytes of the pipe belong to `stream`. Resolves when they have left the pipe: read, or thrown
   * away because the stream was destroyed, or lost with the child.
   */
  expect(bytes: number, stream: FrameStream): Promise<void>;
}

/** The stream of one call. Give it to `expect` once the size is known. */
export class FrameStream extends Readable {
  #pull: (() => void) | undefined;

  /** Whether the reader has asked for bytes that did not come yet. */
  isWaiting = false;

  /** Calls `pull` now and whenever the reader wants more or goes away. */
  attach(pull: () => void): void {
    this.#pull = pull;
    pull();
  }

  override _read(): void {
    this.isWaiting = true;
    this.#pull?.();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    done(error);
    this.#pull?.();
  }
}

interface Segment {
  readonly stream: FrameStream;
  remaining: number;
  readonly done: () => void;
}

/** Creates the cutter over the parent's end of the pipe; `diedError` is what a stream gets that was cut short. */
export function createFramePipe(pipe: Duplex, diedError: () => Error): FramePipe {
  const segments: Segment[] = [];
  let isLost = false;

  function pump(): void {
    for (let segment = segments[0]; segment !== undefined; segment = segments[0]) {
      if (!advance(pipe, segment)) return;
      segments.shift();
      segment.done();
    }
  }

  pipe.on("readable", pump);
  // Whatever ends the pipe, all its bytes have been seen by then.
  pipe.on("error", () => {});
  pipe.on("close", () => {
    isLost = true;
    pump();
    for (const { stream, done } of segments.splice(0)) {
      stream.destroy(diedError());
      done();
    }
  });

  return {
    expect: (bytes, stream) =>
      new Promise((done) => {
        if (isLost) {
          stream.destroy(diedError());
          return done();
        }
        segments.push({ stream, remaining: bytes, done });
        stream.attach(pump);
      }),
  };
}

/** Moves bytes while both sides want to; whether the segment is complete. */
function advance(pipe: Duplex, segment: Segment): boolean {
  const { stream } = segment;
  while (segment.remaining > 0) {
    if (!stream.destroyed && !stream.isWaiting) return false;
    const chunk = pipe.read() as Buffer | null;
    if (chunk === null) return false;
    const part = chunk.subarray(0, segment.remaining);
    if (part.length < chunk.length) pipe.unshift(chunk.subarray(part.length));
    segment.remaining -= part.length;
    if (!stream.destroyed) {
      stream.isWaiting = false;
      stream.isWaiting = stream.push(part) || stream.isWaiting;
    }
  }
  if (!stream.destroyed) stream.push(null);
  return true;
}
