import { isDeepStrictEqual } from "node:util";
import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { t2i } from "@kinora/contracts";
import {
  createModelHost,
  createStageClock,
  type OwnedModelHost,
  type ServedModel,
} from "@kinora/model-service";
import { createLogger } from "@kinora/runtime";
import { assertNearGoldens, openOnFixtures, readGoldenCase, renameGoldens } from "@kinora/testing";
import { beforeAll, describe, expect, it } from "vitest";
import { createGenerate } from "./generate.ts";
import { prepareGeneration } from "./prepare-generation.ts";

type Fields = Extract<MessageInitShape<typeof t2i.GenerateRequestSchema>, { $typeName?: never }>;

let host: OwnedModelHost;

beforeAll(async () => {
  const logger = createLogger({ service: "test", level: "silent" });
  const opened = await openOnFixtures((config) => createModelHost(config, logger));
  host = opened.host;
  return opened.close;
});

const golden = readGoldenCase("tiny-sd/guided");

/** A request that `golden` answers, changed by `fields`. */
async function requestOf(fields: Fields = {}): Promise<t2i.GenerateRequest> {
  const embedding = await host.artifacts.writeTensors(
    "embedding",
    renameGoldens(golden, { last_hidden_state: "prompt_embeds", unconditional: "negative_prompt_embeds" }),
  );
  const { seed, num_inference_steps, guidance_scale } = golden.request;
  return create(t2i.GenerateRequestSchema, {
    target: { model: "tiny-sd", outputPrefix: "out/" },
    embedding,
    seed: BigInt(seed as string),
    numInferenceSteps: num_inference_steps as number,
    guidanceScale: guidance_scale as number,
    ...fields,
  });
}

async function generate(fields: Fields = {}, signal = new AbortController().signal) {
  const progress: [number, number][] = [];
  for await (const { event } of createGenerate(host)(await requestOf(fields), { signal } as never)) {
    if (event?.case === "progress") progress.push([event.value.completed ?? 0, event.value.total ?? 0]);
    if (event?.case !== "result") continue;
    const latents = await host.artifacts.readTensor(event.value.latents as never, "latents", signal);
    return { latents, progress, timings: event.value.timings };
  }
  throw new Error("There was no result.");
}

/** A start image's latents of a size in pixels: tiny-sd has 8 pixels to a latent, and 4 channels. */
function startImage(width: number, height: number) {
  const dims = [1, 8, height / 8, width / 8];
  const data = new Float32Array(dims.reduce((a, b) => a * b, 1));
  return host.artifacts.writeTensors("start", { latent_parameters: { type: "float32", dims, data } });
}

describe("Generate", () => {
  it("streams its progress and stores the latents as the scheduler left them", async () => {
    const { latents, progress, timings } = await generate();
    const steps = golden.request["num_inference_steps"] as number;
    expect(progress[0]).toEqual([0, steps]);
    expect(progress.at(-1)).toEqual([steps, steps]);
    expect(latents.dims).toEqual([1, 4, 8, 8]);
    const shape = golden.tensor("latents")?.shape ?? [];
    const last = golden.tensor("latents")?.data.subarray(-latents.data.length);
    const end = { ...golden, tensor: () => last && { shape: shape.slice(1), data: last } };
    assertNearGoldens(end, { latents: [latents.data] });
    expect(timings?.modelS).toBeGreaterThan(0);
  });

  it("draws the whole batch from one generator", async () => {
    const [one, two] = [await generate(), await generate({ numImages: 2 })];
    expect(two.latents.dims).toEqual([2, 4, 8, 8]);
    const [first, second] = [two.latents.data.slice(0, 256), two.latents.data.slice(256)];
    expect(first).not.toEqual(second);
    expect(Math.abs((first[0] as number) - (one.latents.data[0] as number))).toBeLessThan(1e-3);
  });

  it("counts of a seed the low 32 bits", async () => {
    const seed = BigInt(golden.request["seed"] as string);
    const { latents } = await generate({ seed: seed + 2n ** 32n });
    expect(latents).toEqual((await generate()).latents);
  });

  it("begins where the start image's strength says, and counts what it left out as done", async () => {
    const start = { startImage: await startImage(64, 64), strength: 0.5, numInferenceSteps: 6 };
    const { progress, latents } = await generate(start);
    // PNDM calls the network once more than there are steps.
    expect(progress.map(([completed]) => completed)).toEqual([0, 3, 4, 5, 6]);
    expect(latents.dims).toEqual([1, 4, 8, 8]);
  });

  it("stops between two steps when its caller goes", async () => {
    const controller = new AbortController();
    const events = createGenerate(host)(await requestOf({ numInferenceSteps: 20 }), {
      signal: controller.signal,
    } as never);
    await events.next();
    await events.next();
    controller.abort();
    await expect(events.next()).rejects.toThrow();
  });
});

function words(offset: number) {
  const data = Float32Array.from({ length: 32 * 8 }, (_, i) => Math.sin(i + offset));
  return { type: "float32", dims: [1, 32, 8], data } as const;
}

const WORDS = { last_hidden_state: words(1), unconditional: words(2) };

describe("Generate with the embedded family", () => {
  /** A keyframe of the tiny fixture; its words are noise, its size the family's only one. */
  async function keyframe(fields: Fields = {}) {
    const { latents } = await generate({
      target: { model: "tiny", outputPrefix: "out/" },
      embedding: await host.artifacts.writeTensors("words", WORDS),
      guidanceScale: 3,
      numInferenceSteps: 4,
      ...fields,
    });
    return latents;
  }

  it("makes keyframes, guided or not, one or more", async () => {
    const [plain, guided, two] = [
      await keyframe({ guidanceScale: 1 }),
      await keyframe(),
      await keyframe({ numImages: 2, width: 512, height: 512 }),
    ];
    expect([plain.dims, guided.dims, two.dims]).toEqual([
      [1, 3, 64, 64],
      [1, 3, 64, 64],
      [2, 3, 64, 64],
    ]);
    expect(plain.data).not.toEqual(guided.data);
    expect(await keyframe()).toEqual(guided);
    const gap = guided.data.reduce((most, x, i) => Math.max(most, Math.abs(x - (two.data[i] as number))), 0);
    expect(gap).toBeLessThan(1e-4);
  });

  it("draws new noise on the steps between the levels of kinora.json", async () => {
    const { signal } = new AbortController();
    const model = await host.models.get("tiny");
    const { t2i: settings, ...card } = model.folder.card as { readonly t2i: Record<string, unknown> };
    const levelled = (levels?: unknown): ServedModel => ({
      ...model,
      folder: { ...model.folder, card: { ...card, t2i: { ...settings, stochastic_levels: levels } } },
    });
    const embedding = await host.artifacts.writeTensors("words", WORDS);
    const request = await requestOf({ embedding, seed: 5n, numInferenceSteps: 4, guidanceScale: 1 });
    const scheduleOf = async (levels?: unknown) => {
      const context = { host, model: levelled(levels), clock: createStageClock(), signal };
      return (await prepareGeneration(context, request)).options.schedule;
    };
    const [straight, mixed] = [await scheduleOf(), await scheduleOf([0.5, 0.8])];
    const sample = new Float32Array(3 * 64 * 64).fill(0.5);
    const modelOutput = new Float32Array(sample.length);
    const renewed = [0, 1, 2, 3].map((index) => {
      const step = { modelOutput, sample, index };
      return !isDeepStrictEqual(mixed.step(step), straight.step(step));
    });
    expect(renewed).toEqual([false, true, false, false]);
    await expect(scheduleOf("all")).rejects.toMatchObject({ code: "model_invalid" });
  });

  it("begins from a picture's latents", async () => {
    const data = new Float32Array(3 * 64 * 64).fill(0.25);
    const startImage = await host.artifacts.writeTensors("picture", {
      latents: { type: "float32", dims: [1, 3, 64, 64], data },
    });
    const latents = await keyframe({ startImage, strength: 0.5 });
    expect(latents.data).not.toEqual((await keyframe()).data);
  });

  it("has one size", async () => {
    await expect(keyframe({ width: 1024, height: 1024 })).rejects.toMatchObject({
      code: "invalid_request",
      message: expect.stringMatching(/must be 512 and 512 pixels, got 1024 and 1024/) as string,
    });
  });
});

describe("Generate refuses with invalid_request", () => {
  it.each<[string, () => Fields | Promise<Fields>, RegExp]>([
    ["no target", () => ({ target: undefined }), /target is missing/],
    ["no steps", () => ({ numInferenceSteps: 0 }), /num_inference_steps must be 1 or more/],
    ["steps beyond the training's", () => ({ numInferenceSteps: 1001 }), /at most, got 1001/],
    ["a width between latents", () => ({ width: 60 }), /multiples of 16 pixels, got 60 and 64/],
    ["rows that the U-Net cannot halve", () => ({ height: 72 }), /multiples of 16 pixels, got 64 and 72/],
    ["no embedding", () => ({ embedding: undefined }), /embedding names no artifact/],
    [
      "a strength of 0",
      async () => ({ startImage: await startImage(64, 64) }),
      /strength must be above 0 and at most 1, got 0/,
    ],
    [
      "a strength above 1",
      async () => ({ startImage: await startImage(64, 64), strength: 1.1 }),
      /at most 1, got 1.1/,
    ],
    [
      "a strength that leaves no step",
      async () => ({
        // Its DDIM calls the network once for each step, the PNDM of tiny-sd once more.
        target: { model: "tiny-sd-v", outputPrefix: "out/" },
        startImage: await startImage(64, 64),
        strength: 0.1,
        numInferenceSteps: 3,
      }),
      /strength 0.1 of 3 steps leaves no step/,
    ],
    [
      "a size other than the start image's",
      async () => ({ startImage: await startImage(96, 64), strength: 0.5, width: 64 }),
      /the start image has 96 x 64 pixels, not 64 x 64/,
    ],
  ])("%s", async (_, fields, message) => {
    await expect(generate(await fields())).rejects.toMatchObject({
      code: "invalid_request",
      message: expect.stringMatching(message) as string,
    });
  });

  it.each([
    ["tiny-svd", /makes no pictures from text/],
    ["tiny-instruct-pix2pix", /makes no pictures from text/],
  ])("and a model that cannot, %s, with capability_missing", async (model, message) => {
    await expect(generate({ target: { model, outputPrefix: "out/" } })).rejects.toMatchObject({
      code: "capability_missing",
      message: expect.stringMatching(message) as string,
    });
  });
});
