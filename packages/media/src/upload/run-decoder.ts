import { spawn } from "node:child_process";
import { once } from "node:events";

/** Wall-clock time after which a decoder is killed. */
export const DECODE_TIMEOUT_MS = 8_000;
/** CPU seconds, for a machine that stops our clock. */
const CPU_S = 10;
/** Address space in KiB: libraries are mapped into it, so it is far above what is used. */
const ADDRESS_SPACE_KIB = 1_500_000;
/** Memory of its own in KiB; with the libraries' pages it stays below 300 MB. */
const DATA_KIB = 256_000;
const MAX_LOG_BYTES = 64 * 1024;

/** What a decoder gave. */
export interface DecoderRun {
  readonly pixels: Uint8Array;
  /** The beginning of its log. */
  readonly log: string;
  readonly ended: "done" | "failed" | "timeout";
}

/** Bounds of one run. */
interface DecoderBounds {
  /** What it writes beyond is not read. */
  readonly maxBytes: number;
  readonly signal: AbortSignal | undefined;
}

/**
 * Runs ffmpeg on what a user sent: without our environment, under limits of CPU time and memory
 * (set by the shell that becomes it), and killed when it takes too long. Throws the signal's
 * reason when that aborts.
 */
export async function runDecoder(
  ffmpegPath: string,
  args: readonly string[],
  { maxBytes, signal }: DecoderBounds,
): Promise<DecoderRun> {
  signal?.throwIfAborted();
  const limits = `ulimit -t ${CPU_S}; ulimit -v ${ADDRESS_SPACE_KIB}; ulimit -d ${DATA_KIB}; ulimit -c 0`;
  const become = 'exec env -i PATH="$PATH" LC_ALL=C "$0" "$@"';
  const child = spawn("/bin/sh", ["-c", `${limits}; ${become}`, ffmpegPath, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const log = collect(MAX_LOG_BYTES);
  const pixels = collect(maxBytes);
  child.stderr.on("data", log.add);
  child.stdout.on("data", pixels.add);
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    child.kill("SIGKILL");
  }, DECODE_TIMEOUT_MS);
  const abort = () => void child.kill("SIGKILL");
  signal?.addEventListener("abort", abort, { once: true });
  try {
    const [code] = (await once(child, "close")) as [number | null];
    signal?.throwIfAborted();
    const ended = isLate ? "timeout" : code === 0 ? "done" : "failed";
    return { pixels: pixels.bytes(), log: Buffer.from(log.bytes()).toString("latin1"), ended };
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", abort);
  }
}

/** Keeps the first `limit` bytes. */
function collect(limit: number) {
  const chunks: Buffer[] = [];
  let length = 0;
  return {
    add(chunk: Buffer) {
      const kept = chunk.subarray(0, limit - length);
      if (kept.length === 0) return;
      chunks.push(kept);
      length += kept.length;
    },
    bytes: (): Uint8Array => Buffer.concat(chunks, length),
  };
}
