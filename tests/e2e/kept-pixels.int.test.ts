import { createHash } from "node:crypto";
import { cp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { decodePng, encodePng, type RawPicture } from "@kinora/media";
import { fixturePath, type TemporaryFolder, temporaryFolder } from "@kinora/testing";
import OpenAI, { toFile } from "openai";
import { afterAll, beforeAll, expect, it } from "vitest";
import { getContent, postVideo, type VideoJson, waitForCompletion } from "./rest.ts";
import { type Stack, startStack } from "./stack.ts";

// tiny-editor's random weights change a picture everywhere; what counts as a change is set so that they leave a part.

const MODEL = "tiny-editor";
const ALPHA = 0.1;
const SIDE = 512;

let folder: TemporaryFolder;
let stack: Stack;
let client: OpenAI;
beforeAll(async () => {
  folder = await temporaryFolder("kept-pixels");
  await copyModel(join(folder.path, MODEL));
  stack = await startStack({ env: { KINORA_DEFAULT_MODEL: MODEL, KINORA_MODELS_DIR: folder.path } });
  client = new OpenAI({ baseURL: `${stack.baseUrl}/v1`, apiKey: "none", maxRetries: 0 });
});
afterAll(async () => {
  await stack?.[Symbol.asyncDispose]();
  await folder?.remove();
});

/** The fixture with another alpha, and a manifest that knows. */
async function copyModel(path: string): Promise<void> {
  await cp(fixturePath(`models/${MODEL}`), path, { recursive: true });
  const config = join(path, "editor/config.json");
  const text = (await readFile(config, "utf8")).replace('"alpha": 0.03', `"alpha": ${ALPHA}`);
  await writeFile(config, text);
  const manifest = JSON.parse(await readFile(join(path, "manifest.json"), "utf8"));
  manifest.files["editor/config.json"] = { bytes: Buffer.byteLength(text), sha256: sha256(text) };
  const entries = Object.entries(manifest.files as Record<string, { sha256: string }>);
  manifest.digest = sha256(
    entries
      .map(([name, file]) => `${name} ${file.sha256}\n`)
      .sort()
      .join(""),
  );
  await writeFile(join(path, "manifest.json"), JSON.stringify(manifest));
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** Areas of one colour with grain that no decoder would draw. */
function grainyPicture(): RawPicture {
  const data = new Uint8Array(SIDE * SIDE * 3);
  let state = 1;
  for (let at = 0; at < data.length; at++) {
    state = (state * 1103515245 + 12345) % 2 ** 31;
    const pixel = Math.floor(at / 3);
    const patch = Math.floor((pixel % SIDE) / 64) + 8 * Math.floor(pixel / SIDE / 64);
    data[at] = 40 + ((patch * 37 + (at % 3) * 80) % 170) + (Math.floor(state / 65536) % 5);
  }
  return { data, width: SIDE, height: SIDE };
}

async function editPicture(picture: RawPicture, prompt: string): Promise<RawPicture> {
  const image = await toFile(await encodePng(picture), "source.png", { type: "image/png" });
  const { data = [] } = await client.images.edit({
    model: MODEL,
    image,
    prompt,
    response_format: "b64_json",
  });
  return decodePng(Buffer.from(data[0]?.b64_json ?? "", "base64"));
}

const WORDS = ["blue", "make", "rain", "beach", "dog", "night", "hat", "cat", "sketch", "red", "white"];

/** Pairs of words that the untrained predictor takes for an edit that can be drawn. */
async function findInstructions(count: number): Promise<string[]> {
  const found: string[] = [];
  for (const first of WORDS) {
    for (const second of WORDS) {
      const prompt = `${first} ${second}`;
      const refusal = await editPicture(grainyPicture(), prompt).catch((error: unknown) => error);
      if (!(refusal instanceof Error)) found.push(prompt);
      if (found.length === count) return found;
    }
  }
  throw new Error("No words are read as a drawn edit.");
}

/** Share of the pixels that have the same bytes in both pictures. */
function equalShare(a: RawPicture, b: RawPicture): number {
  let equal = 0;
  for (let at = 0; at < a.data.length; at += 3) {
    const isEqual = [0, 1, 2].every((channel) => a.data[at + channel] === b.data[at + channel]);
    if (isEqual) equal += 1;
  }
  return equal / (SIDE * SIDE);
}

async function editClip(body: object): Promise<{ id: string; video: VideoJson; first: RawPicture }> {
  const response = await fetch(`${stack.baseUrl}/v1/videos/edits`, {
    method: "POST",
    body: JSON.stringify(body),
    headers: { "content-type": "application/json" },
  });
  const { id } = (await response.json()) as VideoJson;
  const video = await waitForCompletion(stack.baseUrl, id);
  return { id, video, first: await decodePng(await getContent(stack.baseUrl, id, "keyframe")) };
}

it("what no edit of a picture changed keeps its bytes, turn after turn", async () => {
  const source = grainyPicture();
  const shares: number[] = [];
  let picture = source;
  for (const prompt of await findInstructions(3)) {
    const next = await editPicture(picture, prompt);
    shares.push(equalShare(picture, next));
    picture = next;
  }
  expect(Math.min(...shares)).toBeGreaterThan(0.1);
  expect(Math.max(...shares)).toBeLessThan(0.99);
  // Grain of the user's own picture is still there after all turns.
  expect(equalShare(picture, source)).toBeGreaterThan(0.1);
});

it("what no edit of a clip changed keeps its bytes, and goes through changes of time", async () => {
  const { id } = await postVideo(stack.baseUrl, { prompt: "a red dog runs", seed: 3 });
  await waitForCompletion(stack.baseUrl, id);
  let clip = await editClip({ video: { id }, task: "faster" });
  for (const prompt of await findInstructions(2)) {
    const next = await editClip({ video: { id: clip.id }, prompt });
    const share = equalShare(clip.first, next.first);
    expect(share).toBeGreaterThan(0.3);
    expect(share).toBeLessThan(0.99);
    clip = next;
  }
  // Frames of slow motion between the new ones are the source's, and so is what is turned around twice.
  const slow = await editClip({ video: { id: clip.id }, task: "slow_motion" });
  const back = await editClip({ video: { id: slow.id }, task: "reverse" });
  const forth = await editClip({ video: { id: back.id }, task: "reverse" });
  expect(equalShare(slow.first, clip.first)).toBe(1);
  expect(equalShare(forth.first, clip.first)).toBe(1);
  expect(equalShare(back.first, clip.first)).toBeLessThan(1);
});
