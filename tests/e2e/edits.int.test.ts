import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { type DecodedFrames, ffprobe } from "@kinora/testing";
import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { downloadClip } from "./download-clip.ts";
import { psnr } from "./psnr.ts";
import { getContent, postVideo, type VideoJson, waitForCompletion } from "./rest.ts";
import { type Stack, startStack } from "./stack.ts";

let stack: Stack;
let sourceId: string;
let sourcePath: string;
let source: DecodedFrames;

beforeAll(async () => {
  stack = await startStack();
  const { id } = await postVideo(stack.baseUrl, {
    prompt: "un cane che corre su una collinetta erbosa",
    seed: 7,
  });
  sourceId = id;
  await waitForCompletion(stack.baseUrl, id);
  ({ path: sourcePath, decoded: source } = await downloadClip(stack, id));
});
afterAll(() => stack?.[Symbol.asyncDispose]());

interface EditedVideo extends VideoJson {
  readonly seconds: string;
  readonly remixed_from_video_id: string | null;
  readonly edit: {
    readonly source_video_id: string | null;
    readonly instruction: string;
    readonly task: string | null;
  };
}

type Refusal = {
  readonly error: { readonly code: string; readonly param: string | null; readonly message: string };
};

async function post(path: string, body: object): Promise<{ status: number; json: EditedVideo & Refusal }> {
  const isForm = body instanceof FormData;
  const response = await fetch(`${stack.baseUrl}${path}`, {
    method: "POST",
    ...(isForm ? { body } : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
  });
  return { status: response.status, json: (await response.json()) as EditedVideo & Refusal };
}

/** A form with a file. */
function formOf(bytes: Uint8Array, fields: Readonly<Record<string, string>> = { task: "reverse" }): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  form.set("video", new Blob([Buffer.from(bytes)], { type: "video/mp4" }), "clip.mp4");
  return form;
}

async function edited(body: object): Promise<{ video: EditedVideo; decoded: DecodedFrames; path: string }> {
  const { status, json } = await post("/v1/videos/edits", body);
  if (status !== 200) throw new Error(`POST /v1/videos/edits answered ${status}: ${JSON.stringify(json)}`);
  const video = (await waitForCompletion(stack.baseUrl, json.id)) as EditedVideo;
  return { video, ...(await downloadClip(stack, json.id)) };
}

/**
 * What two H.264 encodings of one frame have in common at least: the tiny interpolator's random frames take bits that
 * the others then lack. Trained ones: pocket-edits.int.test.ts.
 */
const MIN_DECIBELS = 30;

/** Expects that frame i of an edited clip is the source's frame `order[i]`, as far as two encodings of it are alike. */
function expectFrames(
  { frames }: DecodedFrames,
  order: readonly (number | undefined)[],
  { of = source } = {},
): void {
  expect(frames).toHaveLength(order.length);
  const distances = order.flatMap((from, index) =>
    from === undefined ? [] : [psnr(frames[index], of.frames[from])],
  );
  expect(Math.min(...distances)).toBeGreaterThanOrEqual(MIN_DECIBELS);
}

const N = 65;
const all = Array.from({ length: N }, (_, index) => index);
const video = () => ({ id: sourceId });

describe("changes of time", () => {
  it("slow motion makes new frames between the old ones", async () => {
    const animated = await stack.stageRuns("animate", "ran");
    const slow = await edited({ video: video(), task: "slow_motion" });
    expect(slow.video).toMatchObject({
      ...{ seconds: "8", remixed_from_video_id: sourceId },
      edit: { source_video_id: sourceId, instruction: "", task: "slow_motion" },
    });
    const [stream] = (await ffprobe(slow.path)).streams;
    expect(stream).toMatchObject({ r_frame_rate: "16/1", nb_frames: "129" });
    expect(Number(stream?.duration)).toBeCloseTo(8.0625, 3);
    const even = Array.from({ length: 129 }, (_, i) => (i % 2 === 0 ? i / 2 : undefined));
    expectFrames(slow.decoded, even);
    expect(await stack.stageRuns("animate", "ran")).toBe(animated);
    expect((await getContent(stack.baseUrl, slow.video.id, "keyframe")).length).toBeGreaterThan(100);
  });

  it("faster, reverse and loop reuse the frames", async () => {
    const faster = await edited({ video: video(), task: "faster" });
    expectFrames(
      faster.decoded,
      all.filter((index) => index % 2 === 0),
    );
    const loop = await edited({ video: video(), task: "loop" });
    expectFrames(loop.decoded, [...all, ...all.slice(1, -1).toReversed()]);
    const reverse = await edited({ video: video(), task: "reverse" });
    expectFrames(reverse.decoded, all.toReversed());
    // An edited clip is a clip: it can be edited again, and outlives what it was made from.
    const slow = await edited({ video: { id: reverse.video.id }, task: "slow_motion" });
    const even = Array.from({ length: 129 }, (_, i) => (i % 2 === 0 ? i / 2 : undefined));
    expectFrames(slow.decoded, even, { of: reverse.decoded });
    await fetch(`${stack.baseUrl}/v1/videos/${reverse.video.id}`, { method: "DELETE" });
    expect((await getContent(stack.baseUrl, slow.video.id)).length).toBeGreaterThan(1000);
  });

  it("remix is the same with the clip in the path", async () => {
    const { status, json } = await post(`/v1/videos/${sourceId}/remix`, {
      prompt: "at half speed",
      task: "slow_motion",
    });
    expect(status).toBe(200);
    expect(json).toMatchObject({ remixed_from_video_id: sourceId, edit: { instruction: "at half speed" } });
    const done = await waitForCompletion(stack.baseUrl, json.id);
    expect(done.stage_durations).not.toHaveProperty("animate");
  });

  it("an uploaded clip is read at four key frames a second", async () => {
    const upload = await edited(formOf(await readFile(sourcePath)));
    expect(upload.video).toMatchObject({
      remixed_from_video_id: null,
      edit: { source_video_id: null, task: "reverse" },
    });
    expect(upload.decoded).toMatchObject({ width: 512, height: 512 });
    expect(upload.decoded.frames).toHaveLength(65);
    expect(psnr(upload.decoded.frames.at(-1), source.frames[0])).toBeGreaterThan(15);
  });
});

describe("a clip that goes on", () => {
  let longerId: string;

  it("keeps its frames, and is set in motion again from the last, as the stock SDK asks", async () => {
    const animated = await stack.stageRuns("animate", "ran");
    const client = new OpenAI({ baseURL: `${stack.baseUrl}/v1`, apiKey: "none" });
    const next = { prompt: "il cane salta", seconds: "4" } as const;
    const { id, seconds } = await client.videos.extend({ ...next, video: video() });
    expect(seconds).toBe("8");
    longerId = id;
    const longer = (await waitForCompletion(stack.baseUrl, id)) as EditedVideo;
    expect(longer).toMatchObject({
      ...{ seconds: "8", remixed_from_video_id: sourceId },
      edit: { source_video_id: sourceId, instruction: next.prompt, task: "extend" },
    });
    expect(await stack.stageRuns("animate", "ran")).toBe(animated + 1);
    const { decoded } = await downloadClip(stack, id);
    // The last key frame, 64, is the first of the new frames.
    expectFrames(decoded, [...all, ...Array.from({ length: 64 }, () => undefined)]);
    // What comes of it is a clip as any other.
    const reverse = await edited({ video: { id }, task: "reverse" });
    expect(reverse.decoded.frames).toHaveLength(129);
  });

  it("may be an upload, or said in the fields of an edit", async () => {
    const form = formOf(await readFile(sourcePath), { task: "extend", prompt: "the dog runs" });
    const { video, decoded } = await edited(form);
    expect(video.edit).toMatchObject({ source_video_id: null, task: "extend" });
    expect(decoded.frames).toHaveLength(129);
    const long = await readFile((await downloadClip(stack, longerId)).path);
    const { status, json } = await post("/v1/videos/extensions", formOf(long, { prompt: "the dog runs" }));
    expect([status, json.error.code, json.error.param]).toEqual([400, "invalid_video", "video"]);
    expect(json.error.message).toMatch(/8\.1 seconds long.*send the last 4\.1/);
  });

  it("names the field that is wrong", async () => {
    const next = { prompt: "the dog jumps", video: video() };
    const cases: readonly [object, string, string][] = [
      [{ video: video() }, "invalid_prompt", "prompt"],
      [{ ...next, seconds: "12" }, "invalid_request", "seconds"],
      [{ ...next, guidance_scale: 2 }, "unknown_field", "guidance_scale"],
      [{ ...next, num_inference_steps: 1000 }, "invalid_request", "num_inference_steps"],
    ];
    for (const [body, code, param] of cases) {
      const { status, json } = await post("/v1/videos/extensions", body);
      expect([status, json.error.code, json.error.param]).toEqual([400, code, param]);
    }
    const scaled = { ...next, task: "extend", image_guidance_scale: 2 };
    expect((await post("/v1/videos/edits", scaled)).json.error.code).toBe("unsupported_parameter");
  });
});

describe("refusals", () => {
  it("words, to a model without an editor, say so", async () => {
    const { status, json } = await post("/v1/videos/edits", { prompt: "make the dog blue", video: video() });
    expect([status, json.error.code]).toEqual([501, "capability_missing"]);
    expect(json.error.message).toMatch(/model tiny has no editor/);
  });

  it("name the field that is wrong", async () => {
    const absent = `video_${"0".repeat(32)}`;
    const { id: deleted } = await postVideo(stack.baseUrl, { prompt: "a cat runs", seed: 9 });
    await waitForCompletion(stack.baseUrl, deleted);
    await fetch(`${stack.baseUrl}/v1/videos/${deleted}`, { method: "DELETE" });
    const { id: unfinished } = await postVideo(stack.baseUrl, {
      prompt: "a cat runs",
      num_inference_steps: 50,
    });
    const cases: readonly [object, number, string, string | null][] = [
      [{ video: video() }, 400, "invalid_prompt", "prompt"],
      [{ task: "reverse" }, 400, "invalid_request", "video"],
      [{ task: "reverse", video: "x" }, 400, "invalid_request", "video"],
      [{ task: "sideways", video: video() }, 400, "invalid_request", "task"],
      [{ task: "reverse", video: { id: absent } }, 404, "video_not_found", "id"],
      [{ task: "reverse", video: { id: deleted } }, 404, "video_not_found", "id"],
      [{ task: "reverse", video: { id: unfinished } }, 404, "video_not_ready", "video"],
      [{ task: "reverse", video: video(), frames: 3 }, 400, "unknown_field", "frames"],
      [
        { task: "reverse", video: video(), guidance_scale: 3 },
        400,
        "unsupported_parameter",
        "guidance_scale",
      ],
      [{ task: "reverse", video: video(), model: "none" }, 400, "model_not_found", "model"],
    ];
    for (const [body, status, code, param] of cases) {
      const answer = await post("/v1/videos/edits", body);
      expect([answer.status, answer.json.error.code, answer.json.error.param]).toEqual([status, code, param]);
    }
    await fetch(`${stack.baseUrl}/v1/videos/${unfinished}/cancel`, { method: "POST" });
  });

  it.each<[string, string, () => Promise<Uint8Array>]>([
    ["nothing", "is empty", async () => new Uint8Array()],
    ["no video", "looks like text", async () => Buffer.from("once upon a time")],
    [
      "a playlist",
      "looks like an HLS playlist",
      async () => Buffer.from("#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1/x\n"),
    ],
    [
      "a list of files under an MP4's name",
      "looks like a list of files",
      async () => Buffer.from("ffconcat version 1.0\nfile /etc/passwd\n"),
    ],
    [
      "a playlist behind the head of an MP4",
      "damaged or cut off",
      async () => Buffer.from("\0\0\0\x18ftypisom\n#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n", "latin1"),
    ],
    ["sound alone", "holds no pictures", () => make("sine=duration=1", "-c:a", "aac")],
    ["half an hour", "seconds long", () => make("color=size=32x32:rate=1:duration=1800")],
    ["8192 x 8192 pixels", "8192", () => make("color=size=8192x8192:rate=1:duration=1")],
    ["half a file", "damaged or cut off", async () => (await readFile(sourcePath)).subarray(0, 2000)],
  ])("an upload of %s is refused at once", async (_, says, bytes) => {
    const form = formOf(await bytes());
    const startedAt = performance.now();
    const { status, json } = await post("/v1/videos/edits", form);
    expect([status, json.error.code, json.error.param]).toEqual([400, "invalid_video", "video"]);
    expect(json.error.message).toContain(says);
    expect(performance.now() - startedAt).toBeLessThan(10_000);
    expect((await fetch(`${stack.baseUrl}/readyz`)).status).toBe(200);
  });

  it("an upload that announces 10 GB is not waited for", async () => {
    const { hostname, port } = new URL(stack.baseUrl);
    const answer = await new Promise<string>((resolve, reject) => {
      const socket = connect(Number(port), hostname);
      let text = "";
      socket.on("data", (chunk) => (text += chunk.toString()));
      socket.on("close", () => resolve(text));
      socket.on("error", reject);
      socket.write(
        `POST /v1/videos/edits HTTP/1.1\r\nhost: ${hostname}:${port}\r\ncontent-length: 10000000000\r\n` +
          "content-type: multipart/form-data; boundary=x\r\n\r\n--x\r\n",
      );
    });
    expect(answer).toMatch(/^HTTP\/1.1 413 /);
    expect(answer).toContain("payload_too_large");
    expect((await fetch(`${stack.baseUrl}/readyz`)).status).toBe(200);
  });
});

/** An MP4 of ffmpeg's own making. */
async function make(source: string, ...codec: string[]): Promise<Uint8Array> {
  const path = join(stack.dataDir, "made.mp4");
  const video = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"];
  const args = [
    "-v",
    "error",
    "-y",
    "-f",
    "lavfi",
    "-i",
    source,
    ...(codec.length > 0 ? codec : video),
    path,
  ];
  await promisify(execFile)("ffmpeg", args);
  return readFile(path);
}
