import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createClipEncoder, encodePng, findFfmpeg } from "@kinora/media";
import { ffprobe } from "@kinora/testing";
import OpenAI, { APIError, NotFoundError, toFile } from "openai";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ApiBench, openApiBench } from "./testing/api-bench.ts";
import { loseNextAnswer } from "./testing/lose-next-answer.ts";

// The stock SDK, with nothing changed but where it calls: what an application developer has.

let bench: ApiBench;
let client: OpenAI;
let clip: Buffer;

beforeAll(async () => {
  bench = await openApiBench({ tenants: ["ada"] });
  const baseURL = `${await bench.app.listen({ host: "127.0.0.1", port: 0 })}/v1`;
  const apiKey = bench.headers["ada"]?.authorization.slice("Bearer ".length) ?? "";
  client = new OpenAI({ baseURL, apiKey });
  clip = await encodeClip(join(bench.folder, "small.mp4"));
  bench.startFinisher(clip);
});
afterAll(async () => {
  await bench[Symbol.asyncDispose]();
});

async function encodeClip(outputPath: string): Promise<Buffer> {
  const shape = { width: 64, height: 64, fps: 16, expectedFrames: 8 };
  const encoder = createClipEncoder({ ffmpeg: await findFfmpeg(), ...shape, outputPath });
  for (let n = 0; n < 8; n += 1) await encoder.writeFrame(Buffer.alloc(64 * 64 * 3, n * 30));
  await encoder.finish();
  return await readFile(outputPath);
}

async function untilDone(id: string): Promise<OpenAI.Videos.Video> {
  for (;;) {
    const { data, response } = await client.videos.retrieve(id).withResponse();
    if (data.status !== "queued" && data.status !== "in_progress") return data;
    await new Promise((resolve) =>
      setTimeout(resolve, Number(response.headers.get("openai-poll-after-ms")) / 5),
    );
  }
}

describe("the stock openai package", () => {
  it("creates, retrieves and downloads a clip that ffprobe can read", async () => {
    const created = await client.videos.create({ prompt: "a dog runs", model: "sora-2", seconds: "4" });
    expect(created).toMatchObject({
      object: "video",
      status: "queued",
      model: "sora-2",
      seconds: "4",
      progress: 0,
    });
    const done = await untilDone(created.id);
    expect(done).toMatchObject({ id: created.id, status: "completed", progress: 100, error: null });
    const content = await client.videos.downloadContent(created.id);
    const bytes = Buffer.from(await content.arrayBuffer());
    expect(bytes.equals(clip)).toBe(true);
    const path = join(bench.folder, "downloaded.mp4");
    await writeFile(path, bytes);
    expect((await ffprobe(path)).streams[0]).toMatchObject({
      codec_name: "h264",
      width: 64,
      nb_read_frames: "8",
    });
    const thumbnail = await client.videos.downloadContent(created.id, { variant: "thumbnail" });
    expect(thumbnail.headers.get("content-type")).toBe("image/webp");
  });

  it("sends a picture as a file and as image_url", async () => {
    const png = Buffer.from(await encodePng({ data: Buffer.alloc(32 * 32 * 3, 90), width: 32, height: 32 }));
    const size = "512x512" as OpenAI.Videos.VideoSize;
    const file = await toFile(png, "dog.png", { type: "image/png" });
    const byFile = await client.videos.create({ prompt: "a dog runs", input_reference: file, size });
    const image_url = `data:image/png;base64,${png.toString("base64")}`;
    const byUrl = await client.videos.create({ prompt: "a dog runs", input_reference: { image_url } });
    const [a, b] = [await bench.jobs.get("ada", byFile.id), await bench.jobs.get("ada", byUrl.id)];
    expect(a?.request["inputReference"]).toEqual(b?.request["inputReference"]);
    expect(a?.request["inputReference"]).toMatchObject({ mediaType: "image/png" });
    expect(byFile.size).toBe("512x512");
  });

  it("pages through the list by itself, and deletes", async () => {
    for (let n = 0; n < 3; n += 1) await client.videos.create({ prompt: `clip ${n}` });
    const ids: string[] = [];
    for await (const video of client.videos.list({ limit: 2, order: "asc" })) ids.push(video.id);
    expect(ids.length).toBeGreaterThanOrEqual(3);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) await untilDone(id);
    // A page's last clip is gone when the next page is asked for.
    for await (const { id } of client.videos.list({ limit: 1 })) {
      expect(await client.videos.delete(id)).toEqual({ id, object: "video.deleted", deleted: true });
    }
    expect((await client.videos.list()).data).toEqual([]);
  });

  it("throws its own errors with our message and code, and retries none of them", async () => {
    const before = bench.log.length;
    const missing = client.videos.retrieve("video_00000000000000000000000000000000");
    await expect(missing).rejects.toThrow(NotFoundError);
    const wrong = await client.videos.create({ prompt: "x", seconds: "8" }).catch((error: unknown) => error);
    expect(wrong).toBeInstanceOf(APIError);
    expect(wrong).toMatchObject({
      status: 400,
      code: "invalid_request",
      param: "seconds",
      type: "invalid_request_error",
    });
    expect((wrong as APIError).requestID).toBeTruthy();
    const stranger = new OpenAI({ baseURL: client.baseURL, apiKey: `kinora_abcdefgh_${"A".repeat(43)}` });
    await expect(stranger.videos.list()).rejects.toMatchObject({ status: 401, code: "invalid_api_key" });
    const answered = bench.log.slice(before).filter((line) => line.includes("request answered"));
    expect(answered.length).toBe(3);
  });

  it("makes one video although the answer to its first try is lost", async () => {
    const prompt = "a clip whose answer is lost";
    let requests = 0;
    const count = () => (requests += 1);
    bench.app.server.on("request", count);
    loseNextAnswer(bench);
    const { id } = await client.videos.create({ prompt });
    bench.app.server.off("request", count);
    expect(requests).toBe(2);
    const { records } = await bench.jobs.list("ada", { limit: 100, order: "desc" });
    expect(records.filter(({ request }) => request["prompt"] === prompt).map((record) => record.id)).toEqual([
      id,
    ]);
  });
});
