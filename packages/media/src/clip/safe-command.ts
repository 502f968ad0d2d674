import type { Readable } from "node:stream";
import createCommand, { type FfmpegCommand } from "fluent-ffmpeg";

/** fluent-ffmpeg's inner call, as far as the guard needs it. */
interface Internals {
  _spawnFfmpeg(args: string[], options: object, processed: unknown, ended?: unknown): void;
}

type Ended = (error: unknown, stdout?: LineRing, stderr?: LineRing) => void;
interface LineRing {
  get(): string;
}
const NO_LINES: LineRing = { get: () => "" };

/**
 * A fluent-ffmpeg command that reads `input`. When ffmpeg cannot be spawned (missing, out of
 * processes), fluent-ffmpeg 2.1.3 calls `get` of an undefined line buffer in an event handler, which
 * ends the whole process (processor.js:543). The guard supplies the buffers, so an `error` event
 * comes instead. The path of ffmpeg is global state of the library: one process, one ffmpeg at a time.
 */
export function safeCommand(ffmpegPath: string, input: Readable): FfmpegCommand {
  const command = createCommand(input).setFfmpegPath(ffmpegPath);
  const inner = command as unknown as Internals;
  const spawnFfmpeg = inner._spawnFfmpeg.bind(command);
  inner._spawnFfmpeg = (args, options, processed, ended) => {
    // The library also calls it with three arguments, the last being the end callback.
    const end = (ended ?? processed) as Ended;
    const guarded: Ended = (error, stdout = NO_LINES, stderr = NO_LINES) => end(error, stdout, stderr);
    try {
      if (ended === undefined) spawnFfmpeg(args, options, guarded);
      else spawnFfmpeg(args, options, processed, guarded);
    } catch (error) {
      guarded(error);
    }
  };
  return command;
}
