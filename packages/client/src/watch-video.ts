import type { video } from "@kinora/contracts";
import { AppError } from "@kinora/errors";
import { sleep } from "@kinora/runtime";
import { isFinished, parseVideo, type Video } from "./video.ts";

const RECONNECTS = 8;
const FIRST_PAUSE_MS = 250;

/**
 * Yields records until a finished one. A connection that breaks is made again, with growing pauses,
 * as long as the failure is one that may pass; the count starts anew with each record.
 */
export async function* watchVideo(
  connect: () => AsyncIterable<video.WatchResponse>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Video, void> {
  let failures = 0;
  for (;;) {
    try {
      for await (const response of connect()) {
        failures = 0;
        const clip = parseVideo(response.video);
        yield clip;
        if (isFinished(clip)) return;
      }
      throw new AppError("unavailable", { what: "The server", reason: "it ended the stream early" });
    } catch (error) {
      if (!AppError.from(error).row.retryable || failures >= RECONNECTS) throw error;
    }
    await sleep(FIRST_PAUSE_MS * 2 ** failures, signal);
    failures += 1;
  }
}
