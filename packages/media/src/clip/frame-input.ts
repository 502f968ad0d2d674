import { PassThrough, type Readable, Writable } from "node:stream";
import { AppError } from "@kinora/errors";

/** Takes the raw bytes of a known number of frames and passes them on with backpressure. */
export interface FrameInput {
  /** Where frames are written, in chunks of any size. Ending it early, or writing too much, fails it. */
  readonly input: Writable;
  /** What ffmpeg reads. It never fails and is never ended early. */
  readonly feed: Readable;
}

/** Counts the bytes on their way to ffmpeg; `onFailure` hears of a wrong count once. */
export function createFrameInput(
  frameBytes: number,
  expectedFrames: number,
  onFailure: (error: AppError) => void,
): FrameInput {
  const feed = new PassThrough();
  const expected = frameBytes * expectedFrames;
  let received = 0;
  const input = new Writable({
    // One frame, and the pipe's own buffer: more would only move the queue into our memory.
    highWaterMark: frameBytes,
    write: (chunk: Uint8Array, _encoding, done) => {
      received += chunk.length;
      if (received > expected) return done(wrongCount(received / frameBytes, expectedFrames));
      if (feed.write(chunk)) done();
      else feed.once("drain", done);
    },
    final: (done) => {
      if (received !== expected) return done(wrongCount(received / frameBytes, expectedFrames));
      feed.end(done);
    },
    destroy: (error, done) => {
      if (error instanceof AppError) onFailure(error);
      else if (received !== expected) onFailure(wrongCount(received / frameBytes, expectedFrames, error));
      done(error);
    },
  });
  // The failure is told by `onFailure`; without a listener it would end the process as well.
  input.on("error", () => {});
  return { input, feed };
}

function wrongCount(received: number, expected: number, cause?: unknown): AppError {
  const reason = `${Number(received.toFixed(2))} of ${expected} frames arrived`;
  return new AppError("media_failed", { tool: "The clip encoder", reason }, { cause });
}
