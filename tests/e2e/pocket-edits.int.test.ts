import { join } from "node:path";
import { decodePng } from "@kinora/media";
import type { DecodedFrames } from "@kinora/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { downloadClip } from "./download-clip.ts";
import { psnr } from "./psnr.ts";
import {
  getContent,
  isTerminal,
  postVideo,
  type VideoJson,
  waitForCompletion,
  waitForVideo,
} from "./rest.ts";
import { type Stack, startStack } from "./stack.ts";

// The committed family itself: what people type first must be read right and drawn.

let stack: Stack;
let sourceId: string;
let source: DecodedFrames;

beforeAll(async () => {
  const models = join(import.meta.dirname, "../../models");
  stack = await startStack({ env: { KINORA_MODELS_DIR: models, KINORA_DEFAULT_MODEL: "pocket" } });
  const prompt = "un cane rosso che corre su una collinetta erbosa";
  sourceId = (await postVideo(stack.baseUrl, { prompt, seed: 0 })).id;
  await waitForCompletion(stack.baseUrl, sourceId);
  ({ decoded: source } = await downloadClip(stack, sourceId));
});
afterAll(() => stack?.[Symbol.asyncDispose]());

interface PictureEdit {
  readonly data: readonly { readonly b64_json: string }[];
  readonly edit: { readonly instruction: string; readonly task: string | null };
}

type Edited = VideoJson & { readonly edit: { readonly task: string | null } };

async function edit(prompt: string): Promise<Edited> {
  const response = await fetch(`${stack.baseUrl}/v1/videos/edits`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ prompt, video: { id: sourceId } }),
  });
  const { id } = (await response.json()) as VideoJson;
  return (await waitForVideo(stack.baseUrl, id, isTerminal)) as Edited;
}

/** How much bluer than red the pixels are that an edit changed, on average, before and after it. */
function bluenessOfChanged(before: Uint8Array, after: Uint8Array): [before: number, after: number] {
  let count = 0;
  const sums: [number, number] = [0, 0];
  for (let i = 0; i < before.length; i += 3) {
    const differences = [0, 1, 2].map((c) => Math.abs((before[i + c] ?? 0) - (after[i + c] ?? 0)));
    if (Math.max(...differences) < 40) continue;
    count += 1;
    for (const [which, frame] of [before, after].entries()) {
      sums[which as 0 | 1] += (frame[i + 2] ?? 0) - (frame[i] ?? 0);
    }
  }
  return [sums[0] / count, sums[1] / count];
}

describe("the embedded family's edits", () => {
  it("slow motion keeps every old frame as frame 2i of twice as many", async () => {
    const slow = await edit("riproponi la clip al rallentatore");
    expect([slow.status, slow.edit.task]).toEqual(["completed", "slow_motion"]);
    const { frames } = (await downloadClip(stack, slow.id)).decoded;
    expect(frames).toHaveLength(129);
    const alike = source.frames.map((frame, i) => psnr(frames[2 * i], frame));
    expect(Math.min(...alike)).toBeGreaterThanOrEqual(35);
  });

  it.each(["make the dog blue", "rendi il cane blu"])(
    "%s: the dog turns blue, in every frame",
    async (text) => {
      const blue = await edit(text);
      expect([blue.status, blue.edit.task]).toEqual(["completed", "recolour"]);
      const { frames } = (await downloadClip(stack, blue.id)).decoded;
      for (const index of [0, 32, 64]) {
        const [before, after] = bluenessOfChanged(
          source.frames[index] as Uint8Array,
          frames[index] as Uint8Array,
        );
        expect(before).toBeLessThan(0);
        expect(after).toBeGreaterThan(40);
      }
    },
  );

  it("edits a picture, and says what was asked for", async () => {
    const form = new FormData();
    form.set("prompt", "rendi il cane blu");
    const keyframe = await getContent(stack.baseUrl, sourceId, "keyframe");
    form.set("image", new Blob([Buffer.from(keyframe)], { type: "image/png" }), "dog.png");
    form.set("response_format", "b64_json");
    const response = await fetch(`${stack.baseUrl}/v1/images/edits`, { method: "POST", body: form });
    const { data, edit } = (await response.json()) as PictureEdit;
    expect(edit).toEqual({ instruction: "rendi il cane blu", task: "recolour" });
    const [before, after] = await Promise.all(
      [keyframe, Buffer.from(data[0]?.b64_json ?? "", "base64")].map((png) => decodePng(png)),
    );
    if (!before || !after) throw new Error("A picture is missing.");
    const [red, blue] = bluenessOfChanged(before.data, after.data);
    expect(red).toBeLessThan(0);
    expect(blue).toBeGreaterThan(40);
    form.set("n", "2");
    const two = await fetch(`${stack.baseUrl}/v1/images/edits`, { method: "POST", body: form });
    expect([two.status, await two.json()]).toMatchObject([400, { error: { param: "n" } }]);
  });

  it.each(["ordina due pizze per cena", "what is the capital of France?"])(
    "%s: is refused, never silently copied",
    async (text) => {
      const refused = await edit(text);
      expect([refused.status, refused.error?.code]).toEqual(["failed", "edit_not_understood"]);
    },
  );
});
