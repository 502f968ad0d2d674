import { describe, expect, it } from "vitest";
import { type ApiBench, openApiBench } from "./testing/api-bench.ts";
import { loseNextAnswer } from "./testing/lose-next-answer.ts";

async function post(bench: ApiBench, headers: Record<string, string>, prompt = "x") {
  return await bench.app.inject({ method: "POST", url: "/v1/videos", payload: { prompt }, headers });
}

async function postId(bench: ApiBench, attempt: number | undefined, prompt = "x"): Promise<string> {
  const headers = attempt === undefined ? {} : { "x-stainless-retry-count": String(attempt) };
  const answer = await post(bench, headers, prompt);
  expect(answer.statusCode).toBe(200);
  return answer.json().id;
}

/** Makes a job whose answer is never written: the client is gone before it. */
async function postUnanswered(bench: ApiBench, prompt = "x"): Promise<string> {
  const before = new Set(
    (await bench.jobs.list("local", { limit: 100, order: "desc" })).records.map((r) => r.id),
  );
  loseNextAnswer(bench);
  const url = new URL("/v1/videos", await baseOf(bench));
  const headers = { "content-type": "application/json", "x-stainless-retry-count": "0" };
  await expect(fetch(url, { method: "POST", headers, body: JSON.stringify({ prompt }) })).rejects.toThrow(
    "fetch failed",
  );
  const { records } = await bench.jobs.list("local", { limit: 100, order: "desc" });
  const made = records.filter(({ id }) => !before.has(id));
  expect(made.length).toBe(1);
  return made[0]?.id ?? "";
}

async function baseOf({ app }: ApiBench): Promise<string> {
  const address = app.server.address();
  if (address !== null && typeof address === "object") return `http://127.0.0.1:${address.port}`;
  return await app.listen({ host: "127.0.0.1", port: 0 });
}

describe("Idempotency-Key", () => {
  it("gives the same video for the same request, whatever the seed that was drawn", async () => {
    await using bench = await openApiBench();
    const headers = { "idempotency-key": "order 7" };
    const [a, b] = [await post(bench, headers), await post(bench, headers)];
    expect(a.json()).toEqual(b.json());
    const text = await bench.deps.metrics.text();
    expect(text).toMatch(/kinora_jobs_created_total\{service="gateway"\} 1/);
  });

  it("refuses the key with another request by 422, which no SDK retries", async () => {
    await using bench = await openApiBench();
    const headers = { "idempotency-key": "k" };
    await post(bench, headers);
    const answer = await post(bench, headers, "y");
    expect(answer.statusCode).toBe(422);
    expect(answer.json().error).toMatchObject({
      code: "idempotency_mismatch",
      param: "Idempotency-Key",
      message: "Idempotency-Key k was used with another request.",
    });
    expect(answer.headers["x-should-retry"]).toBe("false");
  });

  it("works between two gateways and for simultaneous requests", async () => {
    await using one = await openApiBench();
    await using two = await openApiBench({ shared: one });
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, index) => post(index % 2 === 0 ? one : two, { "idempotency-key": "k" })),
    );
    expect(new Set(answers.map((answer) => answer.json().id)).size).toBe(1);
  });

  it.each(["", " ", "é", "a".repeat(256), "a\tb"])("refuses the key %j", async (key) => {
    await using bench = await openApiBench();
    const answer = await post(bench, { "idempotency-key": key });
    expect(answer.statusCode).toBe(400);
    expect(answer.json().error).toMatchObject({ code: "invalid_request", param: "Idempotency-Key" });
  });

  it("is not remembered for a refused request", async () => {
    await using bench = await openApiBench();
    expect((await post(bench, { "idempotency-key": "k" }, "")).statusCode).toBe(400);
    expect((await post(bench, { "idempotency-key": "k" }, "x")).statusCode).toBe(200);
  });
});

describe("automatic retries of SDKs", () => {
  it("makes two videos of two deliberate identical requests, with and without counts", async () => {
    await using bench = await openApiBench();
    const ids = [undefined, undefined, 0, 0, 0].map((attempt) => postId(bench, attempt));
    expect(new Set(await Promise.all(ids)).size).toBe(5);
  });

  it("makes a new video for a retry of a request that never arrived", async () => {
    await using bench = await openApiBench();
    const first = await postId(bench, 0);
    expect(await postId(bench, 1)).not.toBe(first);
  });

  it("gives the video whose answer was lost, once, and not one that was answered", async () => {
    await using bench = await openApiBench();
    const answered = await postId(bench, 0);
    const lost = await postUnanswered(bench);
    const other = await postUnanswered(bench, "another prompt");
    expect(await postId(bench, 1)).toBe(lost);
    expect([answered, lost, other]).not.toContain(await postId(bench, 1));
    expect(await postId(bench, 2, "another prompt")).toBe(other);
  });

  it("finds it from another gateway and after a restart, by the receipts", async () => {
    await using one = await openApiBench();
    const answered = await postId(one, 0);
    const lost = await postUnanswered(one);
    {
      await using two = await openApiBench({ shared: one });
      expect(await postId(two, 1)).toBe(lost);
    }
    await using three = await openApiBench({ shared: one });
    expect([answered, lost]).not.toContain(await postId(three, 1));
  });

  it("forgets after ten minutes", async () => {
    let nowMs = Date.now();
    await using bench = await openApiBench({ deps: { clock: { nowMs: () => nowMs } } });
    const lost = await postUnanswered(bench);
    nowMs += 11 * 60_000;
    expect(await postId(bench, 1)).not.toBe(lost);
  });

  it("joins a retry with its first attempt while that is still being read", async () => {
    const slow = Promise.withResolvers<void>();
    await using bench = await openApiBench();
    const held = {
      ...bench.deps,
      jobs: {
        ...bench.jobs,
        create: async (...job: Parameters<typeof bench.jobs.create>) => {
          await slow.promise;
          return await bench.jobs.create(...job);
        },
      },
    };
    await using slowBench = await openApiBench({ shared: bench, deps: { jobs: held.jobs } });
    const first = postId(slowBench, 0);
    await new Promise((resolve) => setTimeout(resolve, 200));
    const retry = postId(slowBench, 1);
    await new Promise((resolve) => setTimeout(resolve, 200));
    slow.resolve();
    expect(await retry).toBe(await first);
  });
});
