import { waitUntil } from "@kinora/testing";
import { describe, expect, it } from "vitest";
import { type ApiBench, openApiBench } from "./testing/api-bench.ts";

interface SeenEvent {
  readonly event: string;
  readonly id: string;
  readonly data: { readonly status?: string; readonly progress?: number; readonly deleted?: boolean };
}

function parseEvents(body: string): SeenEvent[] {
  const blocks = body.split("\n\n").filter((block) => block !== "" && !block.startsWith(":"));
  return blocks.map((block) => {
    const fields = Object.fromEntries(block.split("\n").map((line) => line.split(/: (.*)/s).slice(0, 2)));
    return { ...fields, data: JSON.parse(fields["data"]) } as SeenEvent;
  });
}

async function create(bench: ApiBench): Promise<string> {
  const answer = await bench.app.inject({ method: "POST", url: "/v1/videos", payload: { prompt: "x" } });
  return answer.json().id;
}

describe("GET /v1/videos/{id}/events", () => {
  it("tells every status and the progress, and ends with the video", async () => {
    await using bench = await openApiBench();
    const id = await create(bench);
    const watching = bench.app.inject(`/v1/videos/${id}/events`);
    setTimeout(() => {
      bench.startWorker(async (lease) => {
        for (const progress of [10, 20]) {
          await new Promise((resolve) => setTimeout(resolve, 300));
          await bench.jobs.update(lease, { progress, stage: "t2i.generate" });
        }
        await new Promise((resolve) => setTimeout(resolve, 300));
        return { kind: "finish", state: "completed", patch: { progress: 100 } };
      });
    }, 300);
    const answer = await watching;
    expect(answer.headers["content-type"]).toBe("text/event-stream");
    const events = parseEvents(answer.body);
    const names = events.map(({ event }) => event);
    expect(names[0]).toBe("video.queued");
    expect(names).toContain("video.in_progress");
    expect(names).toContain("video.progress");
    expect(names.at(-1)).toBe("video.completed");
    expect(events.at(-1)?.data).toMatchObject({ status: "completed", progress: 100 });
    const versions = events.map((event) => Number(event.id));
    expect(versions).toEqual(versions.toSorted((a, b) => a - b));
  });

  it("ends at once for a finished video, and tells a reconnecting browser to stop", async () => {
    await using bench = await openApiBench();
    const id = await create(bench);
    await bench.app.inject({ method: "POST", url: `/v1/videos/${id}/cancel` });
    const [only, ...others] = parseEvents((await bench.app.inject(`/v1/videos/${id}/events`)).body);
    expect(only).toMatchObject({ event: "video.cancelled", data: { status: "cancelled" } });
    expect(others).toEqual([]);
    const again = { url: `/v1/videos/${id}/events`, headers: { "last-event-id": only?.id ?? "" } };
    expect((await bench.app.inject(again)).statusCode).toBe(204);
    const stale = { ...again, headers: { "last-event-id": "nonsense" } };
    expect((await bench.app.inject(stale)).statusCode).toBe(200);
  });

  it("tells a deletion, is 404 for a missing video, and sends heartbeats in silence", async () => {
    await using bench = await openApiBench({ deps: { limits: { heartbeatMs: 50 } } });
    const id = await create(bench);
    const watching = bench.app.inject(`/v1/videos/${id}/events`);
    await new Promise((resolve) => setTimeout(resolve, 400));
    await bench.app.inject({ method: "DELETE", url: `/v1/videos/${id}` });
    const { body } = await watching;
    expect(body.match(/^: still here$/gm)?.length).toBeGreaterThan(2);
    // A deletion cancels a queued video first: whether that is seen depends on who is faster.
    expect(parseEvents(body).at(-1)).toMatchObject({ event: "video.deleted", data: { id, deleted: true } });
    expect((await bench.app.inject(`/v1/videos/${id}/events`)).statusCode).toBe(404);
  });

  it("stops watching when the client leaves, and ends streams when the server closes", async () => {
    await using bench = await openApiBench();
    const [left, kept] = [await create(bench), await create(bench)];
    const base = await bench.app.listen({ host: "127.0.0.1", port: 0 });
    const leave = new AbortController();
    const leaving = await fetch(`${base}/v1/videos/${left}/events`, { signal: leave.signal });
    const staying = await fetch(`${base}/v1/videos/${kept}/events`);
    leave.abort();
    await expect(leaving.text()).rejects.toThrow(/abort/);
    await waitUntil(() =>
      bench.log.some((line) => line.includes("request answered") && line.includes("events")),
    );
    const closed = bench.app.close();
    expect(parseEvents(await staying.text())).toMatchObject([{ event: "video.queued" }]);
    await closed;
  });
});
