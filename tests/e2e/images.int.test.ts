import { decodePng, encodePng } from "@kinora/media";
import { assertNearGoldens, type GoldenCase, goldenCases } from "@kinora/testing";
import OpenAI, { toFile } from "openai";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { getContent, postVideo, waitForCompletion } from "./rest.ts";
import { type Stack, startStack } from "./stack.ts";

let stack: Stack;
let client: OpenAI;
beforeAll(async () => {
  stack = await startStack();
  client = new OpenAI({ baseURL: `${stack.baseUrl}/v1`, apiKey: "none" });
});
afterAll(() => stack?.[Symbol.asyncDispose]());

const SIZE = "512x512" as "1024x1024";

/** Pictures of an answer as pixels. */
async function picturesOf({ data = [] }: OpenAI.ImagesResponse) {
  return Promise.all(data.map(({ b64_json = "" }) => decodePng(Buffer.from(b64_json, "base64"))));
}

describe("the embedded family", () => {
  it("draws for the stock openai package, by base64 and by address, without drawing twice", async () => {
    const request = { model: "tiny", prompt: "a red dog runs on a hill", size: SIZE, seed: 5 };
    const answer = await client.images.generate({ ...request, response_format: "b64_json" });
    const [picture] = await picturesOf(answer);
    expect(picture).toMatchObject({ width: 512, height: 512 });
    expect(new Set(picture?.data).size).toBeGreaterThan(8);
    const ran = await stack.stageRuns("generate_keyframe", "ran");
    const { data = [] } = await client.images.generate(request);
    const bytes = Buffer.from(await (await fetch(data[0]?.url ?? "")).arrayBuffer());
    expect(bytes.equals(Buffer.from(answer.data?.[0]?.b64_json ?? "", "base64"))).toBe(true);
    expect(await stack.stageRuns("generate_keyframe", "ran")).toBe(ran);
  });

  it("draws the keyframe of the clip of the same request, which then need not draw it again", async () => {
    const request = { prompt: "a blue bird flies", seed: 6 };
    const answer = await client.images.generate({ ...request, model: "tiny", response_format: "b64_json" });
    const ran = await stack.stageRuns("generate_keyframe", "ran");
    const { id } = await postVideo(stack.baseUrl, request);
    await waitForCompletion(stack.baseUrl, id);
    expect(await stack.stageRuns("generate_keyframe", "ran")).toBe(ran);
    const keyframe = Buffer.from(await getContent(stack.baseUrl, id, "keyframe"));
    expect(keyframe.equals(Buffer.from(answer.data?.[0]?.b64_json ?? "", "base64"))).toBe(true);
  });

  it("draws several pictures as one batch, whose first is not the second", async () => {
    const request = { model: "tiny", prompt: "a white rabbit", n: 2, seed: 7 };
    const pictures = await picturesOf(
      await client.images.generate({ ...request, response_format: "b64_json" }),
    );
    expect(pictures).toHaveLength(2);
    expect(pictures[0]?.data).not.toEqual(pictures[1]?.data);
  });

  it("cancels the job of a caller who leaves", async () => {
    const gone = new AbortController();
    const left = client.images
      .generate({ model: "tiny", prompt: "left", num_inference_steps: 50, n: 8 } as never, {
        signal: gone.signal,
      })
      .catch((error: unknown) => error);
    const before = await stack.stageRuns("encode_prompt", "ran");
    while ((await stack.stageRuns("encode_prompt", "ran")) === before) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    gone.abort();
    await left;
    const ended = async () =>
      /^kinora_jobs_running\S* 0$/m.test(await (await fetch(`${stack.baseUrl}/metrics`)).text());
    await expect.poll(ended, { timeout: 60_000 }).toBe(true);
    expect(await stack.stageRuns("decode_keyframe", "ran")).toBeLessThanOrEqual(4);
  });
});

/** A golden request as the API takes it; fields that its model lacks are at rest in the case. */
async function ask({ pipeline, kind, request, tensor }: GoldenCase): Promise<OpenAI.ImagesResponse> {
  const source = tensor("source_image");
  const { prompt, seed, width, height, num_images, num_inference_steps, guidance_scale } = request;
  const extra = {
    ...(request["negative_prompt"] ? { negative_prompt: request["negative_prompt"] } : {}),
    ...(request["guidance_rescale"] ? { guidance_rescale: request["guidance_rescale"] } : {}),
    ...(kind === "image-to-image" ? { strength: request["strength"] } : {}),
    ...(kind === "edit" ? { image_guidance_scale: request["image_guidance_scale"] } : {}),
  };
  const common = {
    ...{ model: pipeline, prompt: String(prompt), n: Number(num_images), seed: Number(seed) },
    ...{ size: `${width}x${height}` as typeof SIZE, response_format: "b64_json" as const },
    ...{ num_inference_steps, guidance_scale, ...extra },
  };
  if (!source) return client.images.generate(common);
  const png = await encodePng({
    data: source.data as Uint8Array,
    width: Number(width),
    height: Number(height),
  });
  return client.images.edit({ ...common, image: await toFile(png, "source.png", { type: "image/png" }) });
}

describe("foreign folders draw what diffusers draws", () => {
  const cases = goldenCases("text-to-image", "image-to-image", "edit").filter(
    // The API knows a folder's own scheduler only, and seeds that JSON carries.
    ({ scheduler, request, tensor }) =>
      !scheduler && tensor("images_uint8") && Number.isSafeInteger(Number(request["seed"])),
  );

  it("has cases of every kind", () => {
    expect(new Set(cases.map(({ kind }) => kind)).size).toBe(3);
  });

  it.each(cases.map((golden) => [golden.name, golden] as const))("%s", async (_, golden) => {
    const pictures = await picturesOf(await ask(golden));
    assertNearGoldens(golden, { images_uint8: [pictures.flatMap(({ data }) => [...data])] });
  });
});
