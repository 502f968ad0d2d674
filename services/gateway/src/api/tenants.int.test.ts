import { waitUntil } from "@kinora/testing";
import { describe, expect, it } from "vitest";
import { type ApiBench, openApiBench } from "./testing/api-bench.ts";

const VARIANTS = ["video", "thumbnail", "spritesheet", "keyframe"];

/** Every operation on one video, as the API's description lists them, each with every variant. */
function videoRequests({ app }: ApiBench) {
  const paths = Object.entries(app.swagger().paths ?? {}).filter(([path]) => path.includes("/videos/{id}"));
  return paths.flatMap(([path, item]) =>
    Object.keys(item ?? {}).flatMap((name) => {
      const method = name.toUpperCase() as "GET" | "POST" | "DELETE" | "HEAD";
      const urls = path.endsWith("/content")
        ? VARIANTS.map((variant) => `${path}?variant=${variant}`)
        : [path];
      return urls.map((url) => ({ method, url }));
    }),
  );
}

describe("two tenants", () => {
  it("never see each other's videos, on any route", async () => {
    await using bench = await openApiBench({ tenants: ["ada", "bob"] });
    const { ada, bob } = bench.headers;
    const payload = { prompt: "x" };
    const created = await bench.app.inject({
      method: "POST",
      url: "/v1/videos",
      payload,
      headers: ada ?? {},
    });
    const { id } = created.json();
    bench.startFinisher();
    const path = `/v1/videos/${id}`;
    await waitUntil(
      async () => (await bench.app.inject({ url: path, headers: ada ?? {} })).json().status === "completed",
    );
    const missing = "video_00000000000000000000000000000000";
    const head = { method: "HEAD", url: "/v1/videos/{id}/content" } as const;
    const requests = [...videoRequests(bench), head].map(({ method, url }) => ({
      method,
      url: url.replace("{id}", id),
    }));
    expect(requests.length).toBeGreaterThanOrEqual(9);
    for (const { method, url } of requests) {
      const foreign = await bench.app.inject({ method, url, headers: bob ?? {} });
      const absent = await bench.app.inject({ method, url: url.replace(id, missing), headers: bob ?? {} });
      expect([method, url, foreign.statusCode]).toEqual([method, url, 404]);
      expect(foreign.body.replaceAll(id, missing)).toBe(absent.body);
    }
    const edit = async (source: string) => {
      const payload = { task: "reverse", video: { id: source } };
      return bench.app.inject({ method: "POST", url: "/v1/videos/edits", payload, headers: bob ?? {} });
    };
    const foreignEdit = await edit(id);
    expect([foreignEdit.statusCode, foreignEdit.json().error.code]).toEqual([404, "video_not_found"]);
    expect(foreignEdit.body.replaceAll(id, missing)).toBe((await edit(missing)).body);
    const list = await bench.app.inject({ url: "/v1/videos", headers: bob ?? {} });
    expect(list.json().data).toEqual([]);
    const after = await bench.app.inject({ url: `/v1/videos?after=${id}`, headers: bob ?? {} });
    const nothing = await bench.app.inject({ url: `/v1/videos?after=${missing}`, headers: bob ?? {} });
    expect(after.statusCode).toBe(400);
    expect(after.body.replaceAll(id, missing)).toBe(nothing.body);
    expect((await bench.app.inject({ url: path, headers: ada ?? {} })).json().status).toBe("completed");
  });

  it("do not share idempotency keys or automatic retries", async () => {
    await using bench = await openApiBench({ tenants: ["ada", "bob"] });
    const post = async (tenant: string, headers: Record<string, string>) => {
      const all = { ...bench.headers[tenant], ...headers };
      const payload = { prompt: "x" };
      return (await bench.app.inject({ method: "POST", url: "/v1/videos", payload, headers: all })).json().id;
    };
    const key = { "idempotency-key": "k" };
    expect(await post("ada", key)).not.toBe(await post("bob", key));
    const first = await post("ada", { "x-stainless-retry-count": "0" });
    expect(await post("bob", { "x-stainless-retry-count": "1" })).not.toBe(first);
  });
});

describe("without a key", () => {
  it("answers every /v1 route with 401 and stores nothing", async () => {
    await using bench = await openApiBench({ tenants: ["ada"] });
    const id = "video_00000000000000000000000000000000";
    const requests = [
      ["POST", "/v1/videos"],
      ["GET", "/v1/videos"],
      ["GET", `/v1/videos/${id}`],
      ["DELETE", `/v1/videos/${id}`],
      ["POST", `/v1/videos/${id}/cancel`],
      ["GET", `/v1/videos/${id}/events`],
      ["GET", `/v1/videos/${id}/content`],
      ["GET", "/v1/models"],
      ["GET", "/v1/models/tiny"],
    ] as const;
    for (const [method, url] of requests) {
      const answer = await bench.app.inject({ method, url });
      expect([url, answer.statusCode]).toEqual([url, 401]);
      expect(answer.json().error).toMatchObject({
        type: "authentication_error",
        code: "authentication_required",
      });
      expect(answer.headers["x-should-retry"]).toBe("false");
    }
    const wrong = { authorization: `Bearer kinora_abcdefgh_${"A".repeat(43)}` };
    const answer = await bench.app.inject({ url: "/v1/videos", headers: wrong });
    expect([answer.statusCode, answer.json().error.code]).toEqual([401, "invalid_api_key"]);
    expect(await bench.jobs.stats()).toMatchObject({ queued: 0 });
  });

  it("still answers health, metrics and the description, from any host", async () => {
    await using bench = await openApiBench({ tenants: ["ada"] });
    for (const url of ["/livez", "/readyz", "/metrics", "/openapi.json", "/"]) {
      const answer = await bench.app.inject({ url, headers: { host: "10.0.0.7:8080" } });
      expect([url, answer.statusCode]).toEqual([url, 200]);
    }
  });
});

describe("without a keys file", () => {
  it.each([
    [{ host: "evil.example" }, /Host evil.example/],
    [{ host: "localhost.evil.example:8080" }, /Host/],
    [{ host: "10.0.0.7:8080" }, /Host 10.0.0.7/],
    [{ host: "localhost@evil.example" }, /Host/],
    [{ host: "localhost", origin: "https://evil.example" }, /Origin https:\/\/evil.example/],
    [{ host: "localhost", origin: "null" }, /Origin null/],
    [{ host: "127.0.0.1:8080", origin: "http://127.0.0.1.evil.example" }, /Origin/],
  ])("refuses %j on every route", async (headers, says) => {
    await using bench = await openApiBench();
    for (const url of ["/v1/videos", "/v1/models", "/metrics", "/", "/livez"]) {
      const answer = await bench.app.inject({ url, headers });
      expect([url, answer.statusCode]).toEqual([url, 403]);
      expect(answer.json().error).toMatchObject({ type: "permission_error", code: "forbidden_origin" });
      expect(answer.json().error.message).toMatch(says);
    }
  });

  it.each([
    { host: "localhost:8080" },
    { host: "127.0.0.1" },
    { host: "127.8.9.1:1" },
    { host: "[::1]:8080", origin: "http://localhost:3000" },
    { host: "LOCALHOST", origin: "http://[::1]:3000" },
  ])("answers %j", async (headers) => {
    await using bench = await openApiBench();
    expect((await bench.app.inject({ url: "/v1/videos", headers })).statusCode).toBe(200);
  });
});
