import { waitUntil } from "@kinora/testing";
import { describe, expect, it } from "vitest";
import { type ApiBench, openApiBench } from "./testing/api-bench.ts";

async function create(bench: ApiBench, prompt = "x"): Promise<string> {
  const answer = await bench.app.inject({ method: "POST", url: "/v1/videos", payload: { prompt } });
  expect(answer.statusCode).toBe(200);
  return answer.json().id;
}

async function status(bench: ApiBench, id: string): Promise<string> {
  return (await bench.app.inject(`/v1/videos/${id}`)).json().status;
}

describe("GET /v1/videos/{id}", () => {
  it("shows a finished video with its warnings and times, and no poll header", async () => {
    await using bench = await openApiBench();
    const id = await create(bench);
    bench.startFinisher();
    await waitUntil(async () => (await status(bench, id)) === "completed");
    const answer = await bench.app.inject(`/v1/videos/${id}`);
    expect(answer.headers["openai-poll-after-ms"]).toBeUndefined();
    expect(answer.json()).toMatchObject({
      status: "completed",
      progress: 100,
      completed_at: expect.any(Number),
      warnings: [{ code: "unknown_words", message: "Not known: zebra.", values: ["zebra"] }],
      stage_durations: { animate: 1.5 },
      inference_time_s: 1.25,
      error: null,
      stage: null,
    });
  });

  it("shows a failed video with its error, and never 100 before the end", async () => {
    await using bench = await openApiBench();
    const id = await create(bench);
    bench.startWorker(async (lease) => {
      await bench.jobs.update(lease, { progress: 100, stage: "animate" });
      const seen = (await bench.app.inject(`/v1/videos/${id}`)).json();
      expect(seen).toMatchObject({ status: "in_progress", progress: 99, stage: "animate" });
      const error = { code: "stage_crashed", message: "Stage animate was started 3 times." };
      return { kind: "finish", state: "failed", patch: { error } };
    });
    await waitUntil(async () => (await status(bench, id)) === "failed");
    const failed = (await bench.app.inject(`/v1/videos/${id}`)).json();
    expect(failed).toMatchObject({ error: { code: "stage_crashed" }, progress: 99, completed_at: null });
  });

  it.each(["video_00000000000000000000000000000000", "nobody", "..%2f..", "video_", "a".repeat(90)])(
    "answers 404 for %s",
    async (id) => {
      await using bench = await openApiBench();
      const answer = await bench.app.inject(`/v1/videos/${id}`);
      expect(answer.statusCode).toBe(404);
      expect(answer.json().error).toMatchObject({
        type: "not_found_error",
        code: "video_not_found",
        param: "id",
      });
      expect(answer.headers["x-should-retry"]).toBe("false");
    },
  );
});

describe("GET /v1/videos", () => {
  it("pages through all, in both orders", async () => {
    await using bench = await openApiBench();
    const ids: string[] = [];
    for (let index = 0; index < 5; index += 1) ids.push(await create(bench, String(index)));
    for (const order of ["desc", "asc"]) {
      const seen: string[] = [];
      let after = "";
      for (;;) {
        const page = (await bench.app.inject(`/v1/videos?limit=2&order=${order}${after}`)).json();
        expect(page).toMatchObject({
          object: "list",
          first_id: page.data[0].id,
          last_id: page.data.at(-1).id,
        });
        seen.push(...page.data.map((video: { id: string }) => video.id));
        if (!page.has_more) break;
        after = `&after=${page.last_id}`;
      }
      const sorted = seen.toSorted();
      expect(sorted).toEqual(ids.toSorted());
      expect(new Set(seen).size).toBe(5);
    }
  });

  it("is empty at first", async () => {
    await using bench = await openApiBench();
    const page = (await bench.app.inject("/v1/videos")).json();
    expect(page).toEqual({ object: "list", data: [], first_id: null, last_id: null, has_more: false });
  });

  it.each([
    ["limit=0", "limit", /from 1 to 100; got "0"/],
    ["limit=101", "limit", /got "101"/],
    ["limit=x", "limit", /got "x"/],
    ["limit=1&limit=2", "limit", /got \["1","2"\]/],
    ["order=up", "order", /asc or desc; got "up"/],
    ["after=nobody", "after", /id of one of your videos/],
    ["after=video_00000000000000000000000000000000", "after", /id of one of your videos/],
    ["page=2", "page", /Unknown query "page"/],
  ])("refuses ?%s", async (query, param, says) => {
    await using bench = await openApiBench();
    const answer = await bench.app.inject(`/v1/videos?${query}`);
    expect(answer.statusCode).toBe(400);
    expect(answer.json().error).toMatchObject({ code: "invalid_request", param });
    expect(answer.json().error.message).toMatch(says);
  });
});

describe("DELETE /v1/videos/{id} and cancel", () => {
  it("deletes once", async () => {
    await using bench = await openApiBench();
    const id = await create(bench);
    const remove = () => bench.app.inject({ method: "DELETE", url: `/v1/videos/${id}` });
    expect((await remove()).json()).toEqual({ id, object: "video.deleted", deleted: true });
    expect((await remove()).statusCode).toBe(404);
    expect((await bench.app.inject(`/v1/videos/${id}`)).statusCode).toBe(404);
  });

  it("cancels a queued video at once, and leaves a finished one as it is", async () => {
    await using bench = await openApiBench();
    const id = await create(bench);
    const cancel = (body: object = {}) =>
      bench.app.inject({ method: "POST", url: `/v1/videos/${id}/cancel`, ...body });
    expect((await cancel()).json()).toMatchObject({ id, status: "cancelled", error: null });
    const empty = { headers: { "content-type": "application/json" } };
    expect((await cancel(empty)).json()).toMatchObject({ status: "cancelled" });
  });

  it("stops a running video through its lease", async () => {
    await using bench = await openApiBench();
    const id = await create(bench);
    bench.startWorker(async ({ signal }) => {
      await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
      return { kind: "finish", state: "cancelled", patch: {} };
    });
    await waitUntil(async () => (await status(bench, id)) === "in_progress");
    await bench.app.inject({ method: "POST", url: `/v1/videos/${id}/cancel` });
    await waitUntil(async () => (await status(bench, id)) === "cancelled");
  });
});
