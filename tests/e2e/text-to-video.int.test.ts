import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { encodePng, normalizePicture } from "@kinora/media";
import { ffprobe, temporaryFolder } from "@kinora/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { getContent, isTerminal, postVideo, waitForCompletion, waitForVideo } from "./rest.ts";
import { type Stack, startStack } from "./stack.ts";

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack?.[Symbol.asyncDispose]());

async function probe(bytes: Uint8Array) {
  await using folder = await temporaryFolder("probe");
  const path = join(folder.path, "clip.mp4");
  await writeFile(path, bytes);
  return await ffprobe(path);
}

async function expectClip(bytes: Uint8Array): Promise<void> {
  const { streams } = await probe(bytes);
  expect(streams).toHaveLength(1);
  expect(streams[0]).toMatchObject({
    codec_name: "h264",
    pix_fmt: "yuv420p",
    width: 512,
    height: 512,
    r_frame_rate: "16/1",
    nb_frames: "65",
  });
  expect(Number(streams[0]?.duration)).toBeCloseTo(4.0625, 3);
}

/** A PNG that is no flat colour. */
function gradientPng(): Promise<Uint8Array> {
  const data = Uint8Array.from({ length: 300 * 200 * 3 }, (_, index) => (index / 700) % 256);
  return encodePng({ data, width: 300, height: 200 });
}

describe("text to video", () => {
  it("makes a clip, its previews and its keyframe from a sentence", async () => {
    const { id } = await postVideo(stack.baseUrl, {
      prompt: "un cane che corre su una collinetta erbosa",
      seed: 7,
    });
    const video = await waitForCompletion(stack.baseUrl, id);
    expect(video.progress).toBe(100);
    expect(video.warnings).toEqual([]);
    expect(Object.keys(video.stage_durations)).toEqual([
      "encode_prompt",
      "generate_keyframe",
      "decode_keyframe",
      "encode_keyframe",
      "animate",
      "interpolate",
      "encode_clip",
    ]);
    await expectClip(await getContent(stack.baseUrl, id));
    const keyframe = await normalizePicture(await getContent(stack.baseUrl, id, "keyframe"), {
      width: 512,
      height: 512,
    });
    expect([keyframe.sourceWidth, keyframe.sourceHeight]).toEqual([512, 512]);
    expect((await getContent(stack.baseUrl, id, "thumbnail")).length).toBeGreaterThan(100);
    expect((await getContent(stack.baseUrl, id, "spritesheet")).length).toBeGreaterThan(100);
  });

  it("gives the same bytes for the same request without running a stage again", async () => {
    const body = { prompt: "a red cat jumps", seed: 11 };
    const first = await postVideo(stack.baseUrl, body);
    await waitForCompletion(stack.baseUrl, first.id);
    const ran = await stack.stageRuns("animate", "ran");
    const second = await postVideo(stack.baseUrl, body);
    expect(second.id).not.toBe(first.id);
    const video = await waitForCompletion(stack.baseUrl, second.id);
    expect(await stack.stageRuns("animate", "ran")).toBe(ran);
    expect(video.stage_durations).toEqual({});
    expect(await getContent(stack.baseUrl, second.id)).toEqual(await getContent(stack.baseUrl, first.id));
  });

  it("makes another clip for another seed", async () => {
    const ids = await Promise.all(
      [1, 2].map(async (seed) => (await postVideo(stack.baseUrl, { prompt: "a blue bird flies", seed })).id),
    );
    const clips = [];
    for (const id of ids) {
      await waitForCompletion(stack.baseUrl, id);
      clips.push(await getContent(stack.baseUrl, id));
    }
    expect(clips[0]).not.toEqual(clips[1]);
  });

  it("names words that the model does not know, and still makes the clip", async () => {
    const { id } = await postVideo(stack.baseUrl, { prompt: "a dog eats spaghetti" });
    const video = await waitForCompletion(stack.baseUrl, id);
    expect(video.warnings.find(({ code }) => code === "unknown_words")?.values).toContain("spaghetti");
  });

  it("cancels a running job and keeps it cancelled", async () => {
    const { id } = await postVideo(stack.baseUrl, { prompt: "a white rabbit runs", num_inference_steps: 50 });
    await waitForVideo(stack.baseUrl, id, ({ stage }) => stage === "animate");
    await fetch(`${stack.baseUrl}/v1/videos/${id}/cancel`, { method: "POST" });
    const video = await waitForVideo(stack.baseUrl, id, isTerminal);
    expect(video.status).toBe("cancelled");
    expect(video.stage_durations).not.toHaveProperty("encode_clip");
  });
});

describe("picture to video", () => {
  it("animates a picture alone", async () => {
    const picture = Buffer.from(await gradientPng()).toString("base64");
    const { id } = await postVideo(stack.baseUrl, { input_reference: `data:image/png;base64,${picture}` });
    const video = await waitForCompletion(stack.baseUrl, id);
    expect(video.stage_durations).not.toHaveProperty("generate_keyframe");
    await expectClip(await getContent(stack.baseUrl, id));
    // The keyframe of a picture job is the picture, cropped to the model's shape.
    expect((await getContent(stack.baseUrl, id, "keyframe")).length).toBeGreaterThan(100);
  });

  it("animates a picture under a sentence, sent as a form", async () => {
    const form = new FormData();
    form.set("prompt", "a green dog walks to the left");
    form.set(
      "input_reference",
      new Blob([Buffer.from(await gradientPng())], { type: "image/png" }),
      "picture.png",
    );
    const response = await fetch(`${stack.baseUrl}/v1/videos`, { method: "POST", body: form });
    expect(response.status).toBe(200);
    const { id } = (await response.json()) as { id: string };
    await waitForCompletion(stack.baseUrl, id);
    await expectClip(await getContent(stack.baseUrl, id));
  });
});
