import type { AddressInfo } from "node:net";
import { decodePng } from "@kinora/media";
import { waitUntil } from "@kinora/testing";
import OpenAI, { toFile } from "openai";
import { describe, expect, it } from "vitest";
import { imageRequestOf } from "../image-job.ts";
import { type ApiBench, openApiBench } from "./testing/api-bench.ts";
import { formBody } from "./testing/form-body.ts";
import { loseNextAnswer } from "./testing/lose-next-answer.ts";
import { grey, paint } from "./testing/paint.ts";

const post = (bench: ApiBench, payload: object, headers: Record<string, string> = {}) =>
  bench.app.inject({ method: "POST", url: "/v1/images/generations", payload, headers });

describe("POST /v1/images/generations", () => {
  it("answers with the pictures of one batch, and how they were made", async () => {
    await using bench = await openApiBench();
    paint(bench);
    const fields = { prompt: "a dog", n: 2, seed: 7, response_format: "b64_json", size: "512x512" };
    const answer = await post(bench, { ...fields, quality: "auto", background: "opaque", user: "u" });
    expect(answer.statusCode).toBe(200);
    const { data, ...rest } = answer.json();
    expect(rest).toEqual({
      created: expect.any(Number),
      background: "opaque",
      output_format: "png",
      size: "512x512",
      id: expect.stringMatching(/^image_[0-9a-f]{32}$/),
      model: "tiny",
      seed: 7,
      edit: null,
      warnings: [{ code: "unknown_words", message: "Not known: zebra.", values: ["zebra"] }],
      stage_durations: { generate_keyframe: 1.5 },
      inference_time_s: 1.25,
    });
    const levels = await Promise.all(
      data.map(
        async (item: { b64_json: string }) => (await decodePng(Buffer.from(item.b64_json, "base64"))).data[0],
      ),
    );
    expect(levels).toEqual([50, 100]);
    const stored = await bench.jobs.get("local", rest.id);
    expect(stored && imageRequestOf(stored)).toMatchObject({
      ...{ kind: "image", task: "generate", model: "tiny", prompt: "a dog", count: 2, image: null },
      ...{ steps: 12, guidanceScale: 3, guidanceRescale: 0, width: 512, height: 512, outputFormat: "png" },
    });
  });

  it("serves the stock openai package, by address and as base64, to its tenant only", async () => {
    await using bench = await openApiBench({ tenants: ["ada", "bob"] });
    paint(bench);
    await bench.app.listen({ host: "127.0.0.1", port: 0 });
    const baseURL = `http://127.0.0.1:${(bench.app.server.address() as AddressInfo).port}/v1`;
    const apiKey = bench.headers["ada"]?.authorization.slice("Bearer ".length) ?? "";
    const client = new OpenAI({ baseURL, apiKey });
    const { data = [] } = await client.images.generate({
      ...{ model: "tiny", prompt: "a dog", n: 2, size: "512x512" as "1024x1024", output_format: "jpeg" },
    });
    expect(data.map(({ url }) => url?.startsWith(`${baseURL}/images/image_`))).toEqual([true, true]);
    const url = data[1]?.url ?? "";
    const picture = await fetch(url, { headers: bench.headers["ada"] ?? {} });
    expect([picture.status, picture.headers.get("content-type")]).toEqual([200, "image/jpeg"]);
    expect([...new Uint8Array(await picture.arrayBuffer()).subarray(0, 2)]).toEqual([0xff, 0xd8]);
    expect((await fetch(url)).status).toBe(401);
    const foreign = await fetch(url, { headers: bench.headers["bob"] ?? {} });
    const absent = await fetch(url.replace(/image_\w+/, `image_${"0".repeat(32)}`), {
      headers: bench.headers["bob"] ?? {},
    });
    expect([foreign.status, absent.status]).toEqual([404, 404]);
    expect((await foreign.text()).replace(/image_\w+/, "")).toBe(
      (await absent.text()).replace(/image_\w+/, ""),
    );
    const edit = client.images.edit({
      ...{ model: "tiny", prompt: "make it blue", image: await toFile(await grey(9), "a.png") },
    });
    await expect(edit).rejects.toMatchObject({ status: 501, code: "capability_missing" });
  });

  it("keeps pictures out of the list of videos, whose pages stay whole", async () => {
    await using bench = await openApiBench();
    const ids: string[] = [];
    for (let n = 0; n < 3; n += 1) {
      ids.push(
        (await bench.app.inject({ method: "POST", url: "/v1/videos", payload: { prompt: `${n}` } })).json()
          .id,
      );
      await bench.jobs.create({
        tenant: "local",
        id: `image_${n}${"0".repeat(31)}`,
        cost: 1,
        request: { kind: "image" },
      });
    }
    const page = async (query: string) =>
      (await bench.app.inject({ url: `/v1/videos?order=asc&${query}` })).json();
    const first = await page("limit=2");
    expect([first.data.map(({ id }: { id: string }) => id), first.has_more]).toEqual([ids.slice(0, 2), true]);
    const second = await page(`limit=2&after=${ids[1]}`);
    expect([second.data.map(({ id }: { id: string }) => id), second.has_more]).toEqual([ids.slice(2), false]);
  });

  it("answers a job's failure with its code and words", async () => {
    await using bench = await openApiBench();
    const error = { code: "capability_missing", message: "Editing is not available here: no editor." };
    bench.startWorker(async () => ({ kind: "finish", state: "failed", patch: { error } }));
    const answer = await post(bench, { prompt: "a dog" });
    expect(answer.statusCode).toBe(501);
    expect(answer.headers["x-should-retry"]).toBe("false");
    expect(answer.json().error).toMatchObject(error);
  });

  it("cancels what nobody waits for, and finds a request by its key, or as an SDK's retry, again", async () => {
    await using bench = await openApiBench();
    const origin = await bench.app.listen({ host: "127.0.0.1", port: 0 });
    const send = (body: object, headers: Record<string, string>, signal?: AbortSignal) =>
      fetch(`${origin}/v1/images/generations`, {
        method: "POST",
        headers: { "content-type": "application/json", ...headers },
        body: JSON.stringify(body),
        ...(signal ? { signal } : {}),
      });
    const leave = async (prompt: string, headers: Record<string, string>) => {
      const gone = new AbortController();
      const answer = send({ prompt }, headers, gone.signal).catch(() => undefined);
      const find = async () =>
        (await bench.jobs.list("local", { limit: 9, order: "desc" })).records.find(
          (job) => job.request["prompt"] === prompt,
        );
      await waitUntil(async () => (await find()) !== undefined);
      gone.abort();
      await answer;
      return find;
    };
    const tries = (count: number) => ({ "x-stainless-retry-count": String(count) });
    const abandoned = await leave("left", tries(0));
    await waitUntil(async () => (await abandoned())?.state === "cancelled");
    const cancelled = (await abandoned())?.id;
    const kept = await leave("kept", { "idempotency-key": "k" });
    paint(bench);
    loseNextAnswer(bench);
    await expect(send({ prompt: "lost" }, tries(0))).rejects.toThrow("fetch failed");
    const [lost] = (await bench.jobs.list("local", { limit: 1, order: "desc" })).records;
    const idOf = async (answer: Promise<Response>) => ((await (await answer).json()) as { id: string }).id;
    expect(await idOf(send({ prompt: "lost" }, tries(1)))).toBe(lost?.id);
    expect(await idOf(send({ prompt: "left" }, tries(1)))).not.toBe(cancelled);
    const again = await send({ prompt: "kept" }, { "idempotency-key": "k" });
    expect([again.status, ((await again.json()) as { id: string }).id]).toEqual([200, (await kept())?.id]);
  });

  it("tells who waits that the server stops, and cancels the job", async () => {
    await using bench = await openApiBench();
    const origin = await bench.app.listen({ host: "127.0.0.1", port: 0 });
    const answer = fetch(`${origin}/v1/images/generations`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ prompt: "a dog" }),
    });
    const jobs = async () => (await bench.jobs.list("local", { limit: 9, order: "desc" })).records;
    await waitUntil(async () => (await jobs()).length === 1);
    await bench.app.close();
    const { status, headers } = await answer;
    expect([status, headers.has("retry-after")]).toEqual([503, true]);
    expect((await jobs())[0]?.state).toBe("cancelled");
  });

  it.each([
    [{}, "prompt", "invalid_prompt"],
    [{ prompt: " " }, "prompt", "invalid_prompt"],
    [{ prompt: "x", n: 0 }, "n", "invalid_request"],
    [{ prompt: "x", n: 11 }, "n", "invalid_request"],
    [{ prompt: "x", size: "1024x1024" }, "size", "invalid_request"],
    [{ prompt: "x", size: "big" }, "size", "invalid_request"],
    [{ prompt: "x", response_format: "png" }, "response_format", "invalid_request"],
    [{ prompt: "x", output_format: "gif" }, "output_format", "invalid_request"],
    [{ prompt: "x", stream: true }, "stream", "unsupported_parameter"],
    [{ prompt: "x", quality: "hd" }, "quality", "unsupported_parameter"],
    [{ prompt: "x", negative_prompt: "y" }, "negative_prompt", "unsupported_parameter"],
    [{ prompt: "x", guidance_rescale: 0.5 }, "guidance_rescale", "unsupported_parameter"],
    [{ prompt: "x", seed: -1 }, "seed", "invalid_request"],
    [{ prompt: "x", num_inference_steps: 51 }, "num_inference_steps", "invalid_request"],
    [{ prompt: "x", image: "y" }, "image", "unknown_field"],
    [{ prompt: "x", model: "none" }, "model", "model_not_found"],
  ])("refuses %j by naming %s", async (payload, param, code) => {
    await using bench = await openApiBench();
    const answer = await post(bench, payload);
    expect(answer.statusCode).toBe(400);
    expect(answer.json().error).toMatchObject({ param, code });
    expect(answer.json().error.message.length).toBeGreaterThan(20);
  });
});

describe("DELETE /v1/images/{id}", () => {
  it("forgets the pictures, for their tenant, once", async () => {
    await using bench = await openApiBench();
    paint(bench);
    const { id } = (await post(bench, { prompt: "a dog" })).json();
    const url = `/v1/images/${id}`;
    expect((await bench.app.inject({ url: `${url}/content` })).statusCode).toBe(200);
    const deleted = await bench.app.inject({ method: "DELETE", url });
    expect(deleted.json()).toEqual({ id, object: "image.deleted", deleted: true });
    for (const again of [{ url: `${url}/content` }, { method: "DELETE" as const, url }]) {
      const answer = await bench.app.inject(again);
      expect([answer.statusCode, answer.json().error.code]).toEqual([404, "image_not_found"]);
    }
  });
});

describe("POST /v1/images/edits", () => {
  it("refuses what is no form with one picture", async () => {
    await using bench = await openApiBench();
    const url = "/v1/images/edits";
    const json = await bench.app.inject({ method: "POST", url, payload: { prompt: "x", model: "tiny" } });
    expect([json.statusCode, json.json().error.code]).toEqual([501, "capability_missing"]);
    const other = await bench.app.inject({
      method: "POST",
      url,
      ...formBody([
        ["prompt", "x"],
        ["mask", "y"],
      ]),
    });
    expect(other.statusCode).toBe(501);
    const bytes = await grey(9);
    const file = (name: string) => ({ name, bytes });
    const masked = formBody([["prompt", "x"], file("mask"), file("image")]);
    expect((await bench.app.inject({ method: "POST", url, ...masked })).json()).toEqual(other.json());
    const two = formBody([file("image[]"), file("image[]")]);
    const refused = await bench.app.inject({ method: "POST", url, ...two });
    expect(refused.json().error).toMatchObject({ param: "image", message: "image takes one picture." });
    const unknown = await bench.app.inject({
      method: "POST",
      url,
      ...formBody([
        ["prompt", "x"],
        ["frames", "9"],
      ]),
    });
    expect(unknown.json().error).toMatchObject({ code: "unknown_field", param: "frames" });
  });
});
