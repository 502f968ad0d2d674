import type { JobEvent, JobRecord } from "@kinora/jobs";
import { sleep } from "@kinora/runtime";
import { isTerminal, toVideoJson } from "./video-json.ts";

/** How an event stream is sent. */
export interface SseOptions {
  /** A comment goes out after this much silence. */
  readonly heartbeatMs: number;
  /** Ends the stream. */
  readonly signal: AbortSignal;
}

/**
 * A video's changes as server-sent events: `video.<status>` when the status changed, `video.progress`
 * when only its progress did, `video.deleted` at the end of a deleted one. Ends after a terminal one.
 * Each event's id is the record's version.
 */
export async function* sseStream(
  events: AsyncIterable<JobEvent>,
  options: SseOptions,
): AsyncGenerator<string> {
  let state: string | undefined;
  for await (const event of withHeartbeats(events, options)) {
    if (event === "heartbeat") {
      yield ": still here\n\n";
      continue;
    }
    const { record } = event;
    if (event.type === "deleted") {
      yield formatEvent("video.deleted", record, { id: record.id, object: "video.deleted", deleted: true });
      return;
    }
    const name = record.state === state ? "video.progress" : `video.${record.state}`;
    state = record.state;
    yield formatEvent(name, record, toVideoJson(record));
    if (isTerminal(record)) return;
  }
}

function formatEvent(name: string, { version }: JobRecord, data: object): string {
  return `event: ${name}\nid: ${version}\ndata: ${JSON.stringify(data)}\n\n`;
}

async function* withHeartbeats(
  events: AsyncIterable<JobEvent>,
  { heartbeatMs, signal }: SseOptions,
): AsyncGenerator<JobEvent | "heartbeat"> {
  const iterator = events[Symbol.asyncIterator]();
  let next: Promise<IteratorResult<JobEvent>> | undefined;
  try {
    while (!signal.aborted) {
      next ??= iterator.next();
      const result = await withSilence(next, heartbeatMs, signal);
      if (result === "silence") {
        yield "heartbeat";
        continue;
      }
      next = undefined;
      if (result.done) return;
      yield result.value;
    }
  } catch (error) {
    // Whoever ended the stream wants no more of it; anything else is the store's failure.
    if (!signal.aborted) throw error;
  } finally {
    // The pending read settles by the watch's own signal; waiting for it here could wait forever.
    next?.catch(() => {});
    void iterator.return?.().catch(() => {});
  }
}

async function withSilence<T>(work: Promise<T>, ms: number, signal: AbortSignal): Promise<T | "silence"> {
  const timer = new AbortController();
  const silence = sleep(ms, AbortSignal.any([signal, timer.signal])).then(() => "silence" as const);
  try {
    return await Promise.race([work, silence]);
  } finally {
    timer.abort();
    silence.catch(() => {});
  }
}
