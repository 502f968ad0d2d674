import { rm, stat } from "node:fs/promises";
import { resolve } from "node:path";
import type { Writable } from "node:stream";
import { AppError, errorMessage } from "@kinora/errors";
import { abortError, throwIfAborted } from "@kinora/runtime";
import { assertClipShape, type ClipShape, inputArguments, outputArguments } from "./clip-arguments.ts";
import type { Ffmpeg } from "./find-ffmpeg.ts";
import { createFrameInput } from "./frame-input.ts";
import { safeCommand } from "./safe-command.ts";

/** What to encode, and where to. */
export interface ClipEncoderOptions extends ClipShape {
  readonly ffmpeg: Ffmpeg;
  /** The MP4; an existing file is replaced, a failed encode leaves none. */
  readonly outputPath: string;
  /** Kills ffmpeg. */
  readonly signal?: AbortSignal | undefined;
}

/** A finished clip. */
export interface EncodedClip {
  readonly path: string;
  readonly frames: number;
  readonly sizeBytes: number;
  /** Seconds. */
  readonly durationS: number;
}

/** A running encode. Feed it by `input` or by `writeFrame`, then await `finish` or `done`. */
export interface ClipEncoder {
  /** Raw rgb24 bytes of one frame after the other, in chunks of any size; end it after the last. */
  readonly input: Writable;
  /** Writes one frame of width x height x 3 bytes; resolves when the next one is welcome. */
  writeFrame(frame: Uint8Array): Promise<void>;
  /** Ends the input and resolves when the file is complete. */
  finish(): Promise<EncodedClip>;
  /** Settles when ffmpeg is gone: the clip, or why there is none. */
  readonly done: Promise<EncodedClip>;
}

/**
 * Encodes raw RGB frames to an H.264 MP4 (yuv420p, BT.709, constant rate, index first) with exactly
 * `expectedFrames` frames. Throws `media_failed` when frames are missing or too many or ffmpeg
 * fails, `unavailable` when somebody killed it, and the signal's error when that aborts; in each case
 * ffmpeg is gone and the file removed.
 */
export function createClipEncoder(options: ClipEncoderOptions): ClipEncoder {
  assertClipShape(options);
  throwIfAborted(options.signal);
  const frameBytes = options.width * options.height * 3;
  const run = startFfmpeg(options, frameBytes);
  const done = settle(run.ended, options);
  // Whoever only awaits writes hears of the failure there.
  done.catch(() => {});
  const { input } = run;
  return {
    input,
    done,
    writeFrame: async (frame) => {
      if (frame.length !== frameBytes) {
        throw new Error(`A frame of ${frame.length} bytes in place of ${frameBytes}. This is a bug.`);
      }
      await writeChunk(input, frame, done);
    },
    finish: () => {
      input.end();
      return done;
    },
  };
}

/** Resolves when the chunk went through; a failure is told as the encode's, which waits for ffmpeg's end. */
function writeChunk(input: Writable, chunk: Uint8Array, done: Promise<unknown>): Promise<void> {
  return new Promise((resolve, reject) => {
    done.catch(reject);
    input.write(chunk, (error) => {
      if (error) done.then(() => reject(error), reject);
      else resolve();
    });
  });
}

/** Starts the process; `ended` settles once it is gone, with the first failure of any part. */
function startFfmpeg(
  options: ClipEncoderOptions,
  frameBytes: number,
): { input: Writable; ended: Promise<void> } {
  const { promise: ended, resolve: succeed, reject } = Promise.withResolvers<void>();
  const { signal } = options;
  let failure: Error | undefined;
  const fail = (error: Error): void => {
    failure ??= error;
    command.kill("SIGKILL");
    frames.input.destroy();
  };
  const frames = createFrameInput(frameBytes, options.expectedFrames, fail);
  const command = safeCommand(options.ffmpeg.path, frames.feed)
    .inputOptions(inputArguments(options))
    .videoCodec("libx264")
    .outputOptions(outputArguments(options));
  const abort = (): void => fail(abortError(signal as AbortSignal));
  signal?.addEventListener("abort", abort, { once: true });
  const end = (error?: Error): void => {
    signal?.removeEventListener("abort", abort);
    if (error !== undefined) failure ??= error;
    if (failure === undefined) return succeed();
    reject(failure);
    frames.input.destroy();
    frames.feed.destroy();
  };
  command.on("end", () => end());
  command.on("error", (error: Error, _stdout, stderr) => end(ffmpegError(error, stderr)));
  // What fails before the process exists kills it as soon as it does.
  command.on("start", () => {
    if (failure !== undefined) command.kill("SIGKILL");
  });
  command.save(resolve(options.outputPath));
  return { input: frames.input, ended };
}

async function settle(ended: Promise<void>, options: ClipEncoderOptions): Promise<EncodedClip> {
  const { outputPath, expectedFrames, fps } = options;
  try {
    await ended;
    const { size } = await stat(outputPath);
    return { path: outputPath, frames: expectedFrames, sizeBytes: size, durationS: expectedFrames / fps };
  } catch (error) {
    await rm(outputPath, { force: true });
    throw error;
  }
}

/** As fluent-ffmpeg says it. */
const KILLED = /was killed with signal/;

function ffmpegError(error: Error, stderr: string | null | undefined): AppError {
  const reason = errorMessage(error);
  if (KILLED.test(reason)) return new AppError("unavailable", { what: "ffmpeg", reason }, { cause: error });
  const said = stderr?.trim().split("\n").slice(-3).join(" ");
  return new AppError("media_failed", { tool: "ffmpeg", reason: said || reason }, { cause: error });
}
