import { createHash } from "node:crypto";
import { decodePng, encodePng } from "@kinora/media";
import { describe, expect, it } from "vitest";
import { videoRequestOf } from "../video-job.ts";
import { openApiBench } from "./testing/api-bench.ts";
import { formBody } from "./testing/form-body.ts";

const PROMPT = "un cane che corre su una collinetta erbosa";

async function picture(): Promise<Uint8Array> {
  const data = Buffer.alloc(40 * 20 * 3, 200);
  return await encodePng({ data, width: 40, height: 20 });
}

describe("POST /v1/videos", () => {
  it("answers JSON with a queued Video, defaults filled in", async () => {
    await using bench = await openApiBench();
    const answer = await bench.app.inject({ method: "POST", url: "/v1/videos", payload: { prompt: PROMPT } });
    expect(answer.statusCode).toBe(200);
    expect(answer.headers["openai-poll-after-ms"]).toBe("500");
    expect(answer.headers["x-request-id"]).toMatch(/^[\w-]{36}$/);
    const video = answer.json();
    expect(video).toEqual({
      id: expect.stringMatching(/^video_[0-9a-f]{32}$/),
      object: "video",
      model: "tiny",
      status: "queued",
      progress: 0,
      prompt: PROMPT,
      created_at: expect.any(Number),
      completed_at: null,
      expires_at: null,
      seconds: "4",
      size: "512x512",
      quality: "standard",
      error: null,
      remixed_from_video_id: null,
      edit: null,
      seed: expect.any(Number),
      warnings: [],
      stage: null,
      stage_durations: {},
      model_durations: {},
      inference_time_s: null,
    });
    const stored = await bench.jobs.get("local", video.id);
    expect(stored && videoRequestOf(stored)).toMatchObject({
      kind: "video",
      model: "tiny",
      requestedModel: "tiny",
      keyframeSteps: 12,
      motionSteps: 8,
      ...{
        guidanceScale: 3,
        width: 512,
        height: 512,
        fps: 16,
        numFrames: 65,
        inputReference: null,
      },
    });
  });

  it("takes every field, by JSON and by form, to the same request", async () => {
    await using bench = await openApiBench();
    const fields = {
      prompt: PROMPT,
      model: "sora-2",
      seconds: 4,
      size: "512x512",
      width: 512,
      height: 512,
      ...{
        seed: 7,
        num_inference_steps: 5,
        guidance_scale: 2.5,
        fps: 16,
        num_frames: 65,
      },
    };
    const json = await bench.app.inject({ method: "POST", url: "/v1/videos", payload: fields });
    const entries = Object.entries(fields).map(([name, value]) => [name, String(value)] as const);
    const form = await bench.app.inject({ method: "POST", url: "/v1/videos", ...formBody(entries) });
    expect([json.statusCode, form.statusCode]).toEqual([200, 200]);
    const [a, b] = await Promise.all(
      [json, form].map(async (answer) => (await bench.jobs.get("local", answer.json().id))?.request),
    );
    expect(a).toEqual(b);
    expect(a).toMatchObject({
      requestedModel: "sora-2",
      model: "tiny",
      seed: 7,
      keyframeSteps: 5,
      motionSteps: 5,
    });
    expect(json.json().model).toBe("sora-2");
  });

  it("takes a picture as file, data URL and image_url, and stores it once, as a PNG of the model's size", async () => {
    await using bench = await openApiBench();
    const bytes = await picture();
    const dataUrl = `data:image/png;base64,${Buffer.from(bytes).toString("base64")}`;
    const json = (input_reference: unknown) => ({ payload: { input_reference, prompt: " " } });
    const requests = [
      formBody([{ name: "input_reference", bytes, type: "application/octet-stream" }]),
      formBody([["input_reference", dataUrl]]),
      formBody([["input_reference[image_url]", dataUrl]]),
      json(dataUrl),
      json({ image_url: dataUrl }),
    ];
    const references = new Set<unknown>();
    for (const request of requests) {
      const answer = await bench.app.inject({ method: "POST", url: "/v1/videos", ...request });
      expect(answer.statusCode).toBe(200);
      const stored = await bench.jobs.get("local", answer.json().id);
      expect(stored?.request).toMatchObject({ prompt: "" });
      references.add(JSON.stringify(stored?.request["inputReference"]));
    }
    expect(references.size).toBe(1);
    const [reference] = [...references].map((text) => JSON.parse(String(text)));
    const png = await bench.store.get(reference.key);
    expect(reference).toEqual({
      key: `inputs/local/${reference.sha256}.png`,
      sha256: createHash("sha256").update(png).digest("hex"),
      sizeBytes: png.byteLength,
      mediaType: "image/png",
    });
    expect(await decodePng(png)).toMatchObject({ width: 512, height: 512 });
  });

  it("normalises the prompt to NFC and draws another seed each time", async () => {
    await using bench = await openApiBench();
    const post = async () =>
      (
        await bench.app.inject({
          method: "POST",
          url: "/v1/videos",
          payload: { prompt: "perche\u0301\tsi\n" },
        })
      ).json();
    const [a, b] = [await post(), await post()];
    expect(a.prompt).toBe("perch\u00e9\tsi\n");
    expect(a.seed).not.toBe(b.seed);
  });

  it("counts words outside the vocabulary as the encoder's business", async () => {
    await using bench = await openApiBench();
    const answer = await bench.app.inject({
      method: "POST",
      url: "/v1/videos",
      payload: { prompt: "qwertz zebra" },
    });
    expect(answer.statusCode).toBe(200);
  });

  it("refuses more than a tenant's share with 429 and says when to come back", async () => {
    await using bench = await openApiBench({ deps: { limits: { maxUnfinished: 2 } } });
    const post = () => bench.app.inject({ method: "POST", url: "/v1/videos", payload: { prompt: "x" } });
    expect([(await post()).statusCode, (await post()).statusCode]).toEqual([200, 200]);
    const refused = await post();
    expect(refused.statusCode).toBe(429);
    expect(refused.json().error).toMatchObject({ type: "rate_limit_error", code: "rate_limit_exceeded" });
    const seconds = Number(refused.headers["retry-after"]);
    expect(seconds).toBeGreaterThanOrEqual(1);
    expect(seconds).toBeLessThanOrEqual(60);
    expect(refused.headers["retry-after-ms"]).toBe(String(seconds * 1000));
    expect(refused.headers["x-should-retry"]).toBeUndefined();
  });
});
