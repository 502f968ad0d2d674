import type { JobEvent, JobRecord } from "@kinora/jobs";
import { describe, expect, it } from "vitest";
import { sseStream } from "./sse-stream.ts";

const record = (state: JobRecord["state"], version: number, progress = 0): JobRecord => ({
  tenant: "local",
  id: "video_1",
  epoch: 1,
  state,
  version,
  attempts: 0,
  createdAtMs: 0,
  progress,
  ...{
    cancelRequested: false,
    cost: 1,
    result: {},
    stageStarts: {},
  },
  request: {
    kind: "video",
    requestedModel: "tiny",
    prompt: "a\nb",
    width: 1,
    height: 1,
    seconds: "4",
    seed: 1,
  },
});
const updated = (state: JobRecord["state"], version: number, progress = 0): JobEvent => ({
  type: "updated",
  record: record(state, version, progress),
});

async function collect(
  events: AsyncIterable<JobEvent>,
  heartbeatMs = 1000,
  signal = new AbortController().signal,
) {
  const chunks: string[] = [];
  for await (const chunk of sseStream(events, { heartbeatMs, signal })) chunks.push(chunk);
  return chunks;
}

describe("sseStream", () => {
  it("names events by what changed, on lines that no prompt can break, and ends at the end", async () => {
    async function* events() {
      yield updated("queued", 1);
      yield updated("in_progress", 2);
      yield updated("in_progress", 3, 10);
      yield updated("completed", 4, 100);
      yield updated("completed", 5, 100);
    }
    const chunks = await collect(events());
    expect(chunks.map((chunk) => chunk.split("\n").slice(0, 2))).toEqual([
      ["event: video.queued", "id: 1"],
      ["event: video.in_progress", "id: 2"],
      ["event: video.progress", "id: 3"],
      ["event: video.completed", "id: 4"],
    ]);
    expect(chunks.every((chunk) => chunk.split("\n").length === 5)).toBe(true);
  });

  it("keeps silent watches alive without losing what comes then", async () => {
    async function* events() {
      yield updated("queued", 1);
      await new Promise((resolve) => setTimeout(resolve, 120));
      yield updated("failed", 2);
    }
    const chunks = await collect(events(), 30);
    expect(chunks.filter((chunk) => chunk.startsWith(":")).length).toBeGreaterThanOrEqual(2);
    expect(chunks.at(-1)).toContain("event: video.failed");
  });

  it("ends by its signal, and hands on a failure of the watch", async () => {
    const stop = new AbortController();
    const held = Promise.withResolvers<void>();
    async function* events() {
      yield updated("queued", 1);
      setTimeout(() => stop.abort(), 20);
      await held.promise;
    }
    expect((await collect(events(), 1000, stop.signal)).length).toBe(1);
    held.resolve();
    async function* broken(): AsyncGenerator<JobEvent> {
      yield updated("queued", 1);
      throw new Error("the store is away");
    }
    await expect(collect(broken())).rejects.toThrow("the store is away");
  });
});
