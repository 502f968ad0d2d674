import { createHash } from "node:crypto";
import { waitUntil } from "@kinora/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type JobResult, toJson } from "../job-result.ts";
import { type ApiBench, openApiBench } from "./testing/api-bench.ts";

const CLIP = Buffer.from(Array.from({ length: 100_000 }, (_, index) => index % 251));
const ETAG = `"${createHash("sha256").update(CLIP).digest("hex")}"`;

let bench: ApiBench;
let id: string;
let url: string;

async function create(): Promise<string> {
  const answer = await bench.app.inject({ method: "POST", url: "/v1/videos", payload: { prompt: "x" } });
  return answer.json().id;
}

beforeAll(async () => {
  bench = await openApiBench();
  id = await create();
  url = `/v1/videos/${id}/content`;
  bench.startFinisher(CLIP);
  await waitUntil(async () => (await bench.app.inject(`/v1/videos/${id}`)).json().status === "completed");
});
afterAll(async () => {
  await bench[Symbol.asyncDispose]();
});

const get = (headers: Record<string, string> = {}) => bench.app.inject({ url, headers });

describe("GET /v1/videos/{id}/content", () => {
  it("streams the clip whole, also to the SDK's Accept", async () => {
    const answer = await get({ accept: "application/binary" });
    expect(answer.statusCode).toBe(200);
    expect(answer.rawPayload.equals(CLIP)).toBe(true);
    expect(answer.headers).toMatchObject({
      "content-type": "video/mp4",
      "content-length": "100000",
      "content-disposition": `attachment; filename="${id}.mp4"`,
      "accept-ranges": "bytes",
      "x-content-type-options": "nosniff",
      etag: ETAG,
    });
  });

  it.each([
    ["video", "video/mp4", ".mp4"],
    ["thumbnail", "image/webp", "-thumbnail.webp"],
    ["spritesheet", "image/jpeg", "-spritesheet.jpg"],
    ["keyframe", "image/png", "-keyframe.png"],
  ])("has the variant %s", async (variant, type, ending) => {
    const answer = await bench.app.inject(`${url}?variant=${variant}`);
    expect(answer.statusCode).toBe(200);
    expect(answer.headers["content-type"]).toBe(type);
    expect(answer.headers["content-disposition"]).toContain(`${id}${ending}"`);
  });

  it.each([
    ["bytes=0-0", 0, 0],
    ["bytes=100-199", 100, 199],
    ["bytes=99990-", 99_990, 99_999],
    ["bytes=-10", 99_990, 99_999],
    ["bytes=0-999999", 0, 99_999],
    ["bytes=-999999", 0, 99_999],
  ])("answers Range %s with 206", async (range, start, end) => {
    const answer = await get({ range });
    expect(answer.statusCode).toBe(206);
    expect(answer.headers["content-range"]).toBe(`bytes ${start}-${end}/100000`);
    expect(answer.headers["content-length"]).toBe(String(end - start + 1));
    expect(answer.rawPayload.equals(CLIP.subarray(start, end + 1))).toBe(true);
  });

  it.each(["bytes=100000-", "bytes=200000-300000", "bytes=-0"])(
    "answers Range %s with 416",
    async (range) => {
      const answer = await get({ range });
      expect(answer.statusCode).toBe(416);
      expect(answer.headers["content-range"]).toBe("bytes */100000");
      expect(answer.rawPayload.byteLength).toBe(0);
    },
  );

  it.each(["bytes=5-2", "bytes=0-1,4-5", "chunks=1-2", "bytes=a-b", "bytes=-"])(
    "ignores Range %s",
    async (range) => {
      expect((await get({ range })).statusCode).toBe(200);
    },
  );

  it("honours If-None-Match and If-Range", async () => {
    expect((await get({ "if-none-match": ETAG })).statusCode).toBe(304);
    expect((await get({ "if-none-match": `"other", W/${ETAG}` })).statusCode).toBe(304);
    expect((await get({ "if-none-match": '"other"' })).statusCode).toBe(200);
    expect((await get({ range: "bytes=0-1", "if-range": ETAG })).statusCode).toBe(206);
    expect((await get({ range: "bytes=0-1", "if-range": '"other"' })).statusCode).toBe(200);
  });

  it("answers HEAD with the headers alone", async () => {
    const answer = await bench.app.inject({ method: "HEAD", url });
    expect(answer.statusCode).toBe(200);
    expect(answer.headers).toMatchObject({
      "content-length": "100000",
      "content-type": "video/mp4",
      etag: ETAG,
    });
    expect(answer.rawPayload.byteLength).toBe(0);
  });

  it("refuses an unknown variant", async () => {
    const answer = await bench.app.inject(`${url}?variant=audio`);
    expect(answer.statusCode).toBe(400);
    expect(answer.json().error).toMatchObject({ code: "invalid_request", param: "variant" });
  });
});

describe("content of an unfinished video", () => {
  it("shows the keyframe as soon as it is there, and nothing else", async () => {
    await using other = await openApiBench();
    const answer = await other.app.inject({ method: "POST", url: "/v1/videos", payload: { prompt: "x" } });
    const path = `/v1/videos/${answer.json().id}/content`;
    const early = await other.app.inject(`${path}?variant=keyframe`);
    expect(early.statusCode).toBe(404);
    expect(early.json().error).toMatchObject({ code: "video_not_ready", param: "variant" });
    expect(early.headers["x-should-retry"]).toBe("false");
    const drawn = Promise.withResolvers<void>();
    const held = Promise.withResolvers<void>();
    const keyframe = await other.storeFile("keyframe.png", Buffer.from("a picture"), "image/png");
    other.startWorker(async (lease) => {
      const artifacts: JobResult["artifacts"] = { keyframe, video: keyframe };
      await other.jobs.update(lease, {
        result: toJson({ artifacts }),
      });
      drawn.resolve();
      await held.promise;
      return { kind: "finish", state: "failed", patch: {} };
    });
    await drawn.promise;
    expect((await other.app.inject(`${path}?variant=keyframe`)).body).toBe("a picture");
    const notReady = (await other.app.inject(path)).json().error;
    expect(notReady).toMatchObject({
      code: "video_not_ready",
      message: expect.stringContaining("in_progress"),
    });
    held.resolve();
    await waitUntil(async () => (await other.app.inject(path)).json().error.message.includes("failed"));
  });

  it("answers 500 without the store's key when the bytes are gone or have another length", async () => {
    await using other = await openApiBench();
    const answer = await other.app.inject({ method: "POST", url: "/v1/videos", payload: { prompt: "x" } });
    const path = `/v1/videos/${answer.json().id}`;
    other.startFinisher(CLIP);
    await waitUntil(async () => (await other.app.inject(path)).json().status === "completed");
    const key = `stages/local/${answer.json().id}/clip.mp4`;
    await other.store.put(key, Buffer.from("short"));
    for (const wrong of ["length", "gone"]) {
      if (wrong === "gone") await other.store.delete(key);
      const broken = await other.app.inject(`${path}/content`);
      expect(broken.statusCode).toBe(500);
      expect(broken.json().error).toMatchObject({ type: "server_error", code: "artifact_corrupt" });
      expect(broken.body).not.toContain("stages/");
      expect(broken.headers["content-disposition"]).toBeUndefined();
    }
  });
});
