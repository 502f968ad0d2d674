import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { MessageInitShape } from "@bufbuild/protobuf";
import { image, video } from "@kinora/contracts";
import { AppError } from "@kinora/errors";
import { bindService, createLogger, createRpcServer } from "@kinora/runtime";
import { temporaryFolder } from "@kinora/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createKinoraClient, type KinoraClient } from "./index.ts";

// A small real server over a real socket: clips in a map, one file in three pieces.

const FILE = Buffer.from("a clip of twenty-nine bytes..");
const clips = new Map<string, MessageInitShape<typeof video.VideoSchema>>();
let callerKey: string | undefined;
let truncate = false;

function clipOf(id: string) {
  const clip = clips.get(id);
  if (clip === undefined) throw new AppError("video_not_found", { id });
  return clip;
}

const service = bindService(video.VideoService, {
  async create(request, context) {
    callerKey = context.metadata.get("authorization");
    if (request.prompt === "" && request.inputReference.length === 0) {
      throw new AppError(
        "invalid_prompt",
        { reason: "A prompt or a picture is needed." },
        { param: "prompt" },
      );
    }
    const id = `video_${clips.size}`;
    const { prompt, seed = 7n } = request;
    const size = `${request.inputReference.length}x1`;
    clips.set(id, { id, prompt, seed, size, status: video.VideoStatus.QUEUED, createdAt: 1n });
    return { video: clipOf(id) };
  },
  async edit({ sourceVideoId, video: file, prompt, task }) {
    const id = `video_${clips.size}`;
    const size = `${file.length}x1`;
    const edit = { sourceVideoId, instruction: prompt, task };
    clips.set(id, { id, prompt, size, edit, seed: 7n, status: video.VideoStatus.QUEUED, createdAt: 1n });
    return { video: clipOf(id) };
  },
  get: async ({ id }) => ({ video: clipOf(id) }),
  async cancel({ id }) {
    clips.set(id, { ...clipOf(id), status: video.VideoStatus.CANCELLED });
    return { video: clipOf(id) };
  },
  async *watch({ id }) {
    yield {
      video: { ...clipOf(id), status: video.VideoStatus.IN_PROGRESS, progress: 50, stage: "animate" },
    };
    yield { video: { ...clipOf(id), status: video.VideoStatus.COMPLETED, progress: 100 } };
  },
  async *download({ id, variant }) {
    clipOf(id);
    if (variant !== video.VideoVariant.VIDEO) {
      throw new AppError("video_not_ready", { id, variant: "keyframe", status: "queued" });
    }
    yield { data: FILE.subarray(0, 10), mediaType: "video/mp4", sizeBytes: BigInt(FILE.length) };
    yield { data: FILE.subarray(10, 20) };
    if (!truncate) yield { data: FILE.subarray(20) };
  },
});

const pictures = bindService(image.ImageService, {
  async *generate({ prompt, n = 1, seed = 7n }, context) {
    callerKey = context.metadata.get("authorization");
    yield { images: { id: "image_0", n: n + Number(truncate), seed, mediaType: "image/png" } };
    for (let index = 0; index < n; index += 1) yield { data: Buffer.alloc(15 << 20, prompt) };
  },
  async *edit({ image: file, prompt, strength = 0 }) {
    yield {
      images: { id: "image_1", n: 1, task: `${prompt} ${strength}`, stageDurations: { edit_image: 2 } },
    };
    yield { data: file };
  },
});

const server = createRpcServer({
  host: "127.0.0.1",
  port: 0,
  maxMessageBytes: 16 << 20,
  services: [service, pictures],
  logger: createLogger({ service: "client-test", level: "silent" }),
});
let client: KinoraClient;

beforeAll(async () => {
  const port = await server.start();
  server.setServing(true);
  client = createKinoraClient({ grpcAddress: `127.0.0.1:${port}`, apiKey: "kin_secret" });
});

afterAll(async () => {
  client.close();
  await server.stop(1_000);
});

describe("createKinoraClient", () => {
  it("creates with the key, the picture and a number as seed", async () => {
    const clip = await client.create({ prompt: "a dog", seed: 42, inputReference: new Uint8Array(5 << 20) });
    expect(clip).toMatchObject({ status: "queued", prompt: "a dog", seed: 42n, size: `${5 << 20}x1` });
    expect(callerKey).toBe("Bearer kin_secret");
  });

  it("edits a clip of the server's, or one that it sends, and tells what it was made from", async () => {
    const byId = await client.edit({ sourceVideoId: "video_0", prompt: "make it snow" });
    expect(byId.edit).toEqual({ sourceVideoId: "video_0", instruction: "make it snow", task: "" });
    const byFile = await client.edit({ video: new Uint8Array(9), task: "reverse" });
    expect(byFile).toMatchObject({ size: "9x1", edit: { sourceVideoId: "", task: "reverse" } });
    expect((await client.create({ prompt: "a dog" })).edit).toBeUndefined();
  });

  it("draws more pictures than one message may hold, and changes one", async () => {
    const made = await client.generateImages({ prompt: "a", n: 3, seed: 42 });
    expect(made).toMatchObject({ id: "image_0", seed: 42n, mediaType: "image/png", warnings: [], task: "" });
    expect(made.data.map((bytes) => bytes.byteLength)).toEqual([15 << 20, 15 << 20, 15 << 20]);
    expect(callerKey).toBe("Bearer kin_secret");
    const edited = await client.editImage({ image: Buffer.from("x"), prompt: "recolour", strength: 0.5 });
    expect(edited).toMatchObject({ task: "recolour 0.5", stageDurations: { edit_image: 2 } });
    expect(edited.data).toEqual([Buffer.from("x")]);
    truncate = true;
    await expect(client.generateImages({ prompt: "a" })).rejects.toThrow("1 of 2 pictures came");
    truncate = false;
  });

  it("leaves the seed to the server", async () => {
    expect((await client.create({ prompt: "a cat" })).seed).toBe(7n);
  });

  it("throws the server's error with its code, fields and param", async () => {
    await expect(client.create({})).rejects.toMatchObject({ code: "invalid_prompt", param: "prompt" });
    await expect(client.get("nothing")).rejects.toThrow("There is no video nothing.");
  });

  it("watches to the end and cancels", async () => {
    const { id } = await client.create({ prompt: "a bird" });
    const seen: string[] = [];
    for await (const clip of client.watch(id)) seen.push(`${clip.status} ${clip.progress}`);
    expect(seen).toEqual(["in_progress 50", "completed 100"]);
    expect((await client.cancel(id)).status).toBe("cancelled");
  });

  it("downloads in order and saves whole files only", async () => {
    await using folder = await temporaryFolder("client");
    const { id } = await client.create({ prompt: "a rabbit" });
    const path = join(folder.path, "new", "clip.mp4");
    expect(await client.save(id, path)).toBe(FILE.length);
    expect(await readFile(path)).toEqual(FILE);
    truncate = true;
    await expect(client.save(id, join(folder.path, "half.mp4"))).rejects.toThrow("20 of 29 bytes came");
    truncate = false;
    expect(await readdir(folder.path)).toEqual(["new"]);
  });

  it("says what a variant is waiting for", async () => {
    const { id } = await client.create({ prompt: "a rabbit" });
    await expect(client.download(id, { variant: "keyframe" })).rejects.toMatchObject({
      code: "video_not_ready",
    });
  });

  it("says that no server is there", async () => {
    const lost = createKinoraClient({ grpcAddress: "127.0.0.1:9" });
    await expect(lost.get("video_0", { timeoutMs: 5_000 })).rejects.toMatchObject({ code: "unavailable" });
    lost.close();
  });
});
