import { readdir } from "node:fs/promises";
import { type RequestOptions, request } from "node:http";
import { connect } from "node:net";
import { temporaryFolder } from "@kinora/testing";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { openApiBench } from "./testing/api-bench.ts";
import { formBody } from "./testing/form-body.ts";

/** Sends a request; the status, and whether the whole body went out. */
async function send(url: URL, options: RequestOptions, body: Buffer) {
  const uploaded = Promise.withResolvers<void>();
  const answered = Promise.withResolvers<number>();
  const sending = request(url, options, (response) => {
    response.resume().on("end", () => answered.resolve(response.statusCode ?? 0));
  });
  sending.on("error", answered.reject).on("finish", uploaded.resolve);
  sending.end(body);
  const status = await answered.promise;
  await uploaded.promise;
  return { status, uploaded: true };
}

describe("health and metrics", () => {
  it("is ready or names what is not", async () => {
    let checks: Record<string, string> = { jobs: "ok", t2i: "ok" };
    const readiness = async () => ({ ready: checks["t2i"] === "ok", checks });
    await using bench = await openApiBench({ deps: { readiness } });
    expect((await bench.app.inject("/livez")).json()).toEqual({ status: "ok" });
    const ready = await bench.app.inject("/readyz");
    expect([ready.statusCode, ready.json()]).toEqual([200, { status: "ok", checks }]);
    checks = { jobs: "ok", t2i: "cannot be reached" };
    const not = await bench.app.inject("/readyz");
    expect([not.statusCode, not.json()]).toEqual([503, { status: "unavailable", checks }]);
  });

  it("counts requests by route, and shows the queue", async () => {
    await using bench = await openApiBench();
    await bench.app.inject({ method: "POST", url: "/v1/videos", payload: { prompt: "x" } });
    await bench.app.inject("/v1/videos/video_00000000000000000000000000000000");
    await bench.app.inject("/wp-login.php");
    const answer = await bench.app.inject("/metrics");
    expect(answer.headers["content-type"]).toContain("text/plain");
    for (const line of [
      'kinora_http_requests_total{route="/v1/videos",method="POST",status="200",service="gateway"} 1',
      'kinora_http_requests_total{route="/v1/videos/:id",method="GET",status="404",service="gateway"} 1',
      'kinora_http_requests_total{route="none",method="any",status="404",service="gateway"} 1',
      'kinora_jobs_created_total{service="gateway"} 1',
      'kinora_jobs_queued{service="gateway"} 1',
      'kinora_jobs_running{service="gateway"} 0',
    ]) {
      expect(answer.body).toContain(line);
    }
    expect(answer.body).toMatch(/kinora_jobs_oldest_queued_seconds\{service="gateway"\} \d/);
    expect(answer.body).not.toContain("local");
  });
});

describe("routes that are not", () => {
  it("answers 404 and 405 with Allow in the envelope", async () => {
    await using bench = await openApiBench();
    const missing = await bench.app.inject("/v2/videos");
    expect([missing.statusCode, missing.json().error.code]).toEqual([404, "not_found"]);
    const wrong = await bench.app.inject({ method: "PUT", url: "/v1/videos/video_1", payload: {} });
    expect([wrong.statusCode, wrong.json().error.code]).toEqual([405, "method_not_allowed"]);
    expect(wrong.headers["allow"]).toBe("DELETE, GET, HEAD");
    expect(wrong.headers["x-should-retry"]).toBe("false");
    const bad = await bench.app.inject("/v1/videos/%zz");
    expect([bad.statusCode, bad.json().error.type]).toEqual([400, "invalid_request_error"]);
    const long = await bench.app.inject(`/v1/videos/${"a".repeat(200)}`);
    expect(long.statusCode).toBeGreaterThanOrEqual(400);
    expect(long.statusCode).toBeLessThan(500);
    expect(long.json().error.message).toBeTruthy();
  });

  it("keeps the caller's request id where it is a plain token", async () => {
    await using bench = await openApiBench();
    const id = async (given: string) =>
      (await bench.app.inject({ url: "/livez", headers: { "x-request-id": given } })).headers["x-request-id"];
    expect(await id("trace-1.2:3")).toBe("trace-1.2:3");
    expect(await id("a b")).toMatch(/^[\da-f-]{36}$/);
  });
});

describe("surprises", () => {
  it("answers internal without the text of an unknown error, and 503 with Retry-After for an outage", async () => {
    await using bench = await openApiBench();
    const jobs = { ...bench.jobs, list: () => Promise.reject(new Error("password=hunter2")) };
    await using broken = await openApiBench({ shared: bench, deps: { jobs } });
    const answer = await broken.app.inject("/v1/videos");
    expect(answer.statusCode).toBe(500);
    expect(answer.json().error).toEqual({
      message: "Something went wrong on our side.",
      type: "server_error",
      param: null,
      code: "internal",
    });
    await bench.jobs.close();
    const away = await bench.app.inject("/v1/videos");
    expect([away.statusCode, away.json().error.type]).toEqual([503, "server_error"]);
    expect(Number(away.headers["retry-after"])).toBeGreaterThan(0);
    expect(away.headers["x-should-retry"]).toBeUndefined();
  });

  it.each([
    ["nonsense\r\n\r\n", /400 Bad Request.*not valid HTTP/s],
    [
      `GET / HTTP/1.1\r\nhost: localhost\r\nx: ${"a".repeat(20_000)}\r\n\r\n`,
      /400 Bad Request.*headers are too large/s,
    ],
    [
      "POST /v1/videos HTTP/1.1\r\nhost: localhost\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n",
      /400/,
    ],
  ])("answers what is no HTTP and goes on: %#", async (bytes, says) => {
    await using bench = await openApiBench();
    const { port } = new URL(await bench.app.listen({ host: "127.0.0.1", port: 0 }));
    const answer = await new Promise<string>((resolve, reject) => {
      let text = "";
      const socket = connect(Number(port), "127.0.0.1", () => socket.write(bytes));
      socket.on("data", (chunk) => (text += String(chunk)));
      socket.on("close", () => resolve(text));
      socket.on("error", reject);
    });
    expect(answer).toMatch(says);
    expect(answer).toContain('"type":"invalid_request_error"');
    expect((await bench.app.inject("/livez")).statusCode).toBe(200);
  });

  it("keeps no file of an upload, whatever the answer", async () => {
    await using folder = await temporaryFolder("uploads");
    vi.stubEnv("TMPDIR", folder.path);
    onTestFinished(() => void vi.unstubAllEnvs());
    await using bench = await openApiBench();
    for (const url of ["/v1/videos/edits", "/v1/videos/extensions"]) {
      const file = { name: "video", bytes: Buffer.from("no clip"), filename: "a.mp4", type: "video/mp4" };
      const answer = await bench.app.inject({ method: "POST", url, ...formBody([["prompt", "x"], file]) });
      expect(answer.statusCode).toBeGreaterThanOrEqual(400);
    }
    const left = await readdir(folder.path);
    expect(left.filter((name) => name.startsWith("kinora-upload"))).toEqual([]);
  });

  it("throws the rest of a refused upload away, and closes without waiting for anybody", async () => {
    await using bench = await openApiBench({ deps: { limits: { closeGraceMs: 500 } } });
    const url = new URL("/v1/videos", await bench.app.listen({ host: "127.0.0.1", port: 0 }));
    const part = '--b\r\ncontent-disposition: form-data; name="mask"; filename="a"\r\n\r\n';
    const body = Buffer.concat([Buffer.from(part), Buffer.alloc(50_000_000), Buffer.from("\r\n--b--\r\n")]);
    const headers = { "content-type": "multipart/form-data; boundary=b" };
    const sent = await send(url, { method: "POST", headers }, body);
    expect(sent).toMatchObject({ status: 400, uploaded: true });
    const { port } = url;
    const stuck = connect(Number(port), "127.0.0.1", () =>
      stuck.write(
        "POST /v1/videos HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{",
      ),
    );
    stuck.on("error", () => {});
    await new Promise((resolve) => setTimeout(resolve, 200));
    const startedAt = performance.now();
    await bench.app.close();
    expect(performance.now() - startedAt).toBeLessThan(5000);
  });

  it("writes no prompt and no key into the log", async () => {
    await using bench = await openApiBench({ tenants: ["ada"] });
    const headers = bench.headers["ada"] ?? { authorization: "" };
    const payload = { prompt: "canary-prompt" };
    await bench.app.inject({ method: "POST", url: "/v1/videos", payload, headers });
    await bench.app.inject({ method: "POST", url: "/v1/videos", payload: { ...payload, x: 1 }, headers });
    const log = bench.log.join("\n");
    expect(log).toContain("request answered");
    expect(log).not.toContain("canary-prompt");
    expect(log).not.toContain(headers.authorization.slice("Bearer kinora_".length));
  });
});

describe("models, description and the root page", () => {
  it("lists each model with its fields, ranges, defaults and words", async () => {
    await using bench = await openApiBench();
    const list = (await bench.app.inject("/v1/models")).json();
    expect(list).toMatchObject({
      object: "list",
      data: [{ id: "tiny", object: "model", owned_by: "kinora" }],
    });
    const byAlias = (await bench.app.inject("/v1/models/sora-2")).json();
    expect(byAlias).toEqual(list.data[0]);
    expect(byAlias).toMatchObject({
      aliases: ["sora-2"],
      languages: ["en", "it"],
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
      vocabulary: expect.arrayContaining(["cane", "dog"]),
      fields: {
        size: { type: "string", default: "512x512", values: ["512x512"] },
        seconds: { default: "4", values: ["4"] },
        num_inference_steps: { type: "integer", default: 12, minimum: 1, maximum: 50 },
        guidance_scale: { type: "number", default: 3, minimum: 1, maximum: 8 },
        seed: { default: null, minimum: 0, maximum: Number.MAX_SAFE_INTEGER },
      },
    });
    expect(byAlias.vocabulary).not.toContain("<pad>");
    expect([byAlias.edits, Object.keys(byAlias.endpoints)]).toEqual([
      [],
      ["/v1/videos", "/v1/images/generations", "/v1/videos/edits", "/v1/videos/extensions"],
    ]);
    expect(byAlias.endpoints["/v1/videos/edits"]).toMatchObject({
      task: { required: true, values: ["slow_motion", "faster", "reverse", "loop", "extend"] },
      video: { type: "video", required: true },
    });
    expect(byAlias.endpoints["/v1/videos/extensions"]).toMatchObject({
      prompt: { required: true },
      seconds: { values: ["4"] },
      num_inference_steps: { default: 8 },
    });
    const missing = await bench.app.inject("/v1/models/gone");
    expect([missing.statusCode, missing.json().error.code]).toEqual([404, "not_found"]);
  });

  it("says what this is", async () => {
    await using bench = await openApiBench();
    const page = await bench.app.inject("/");
    expect(page.headers["content-type"]).toContain("text/html");
    for (const [, link] of page.body.matchAll(/href="([^"]+)"/g)) {
      expect([link, (await bench.app.inject(link ?? "")).statusCode]).toEqual([link, 200]);
    }
  });
});
