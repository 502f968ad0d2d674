import { create } from "@bufbuild/protobuf";
import { t2i } from "@kinora/contracts";
import { createScheduler, denoise } from "@kinora/diffusion";
import { elementCount, type Outputs } from "@kinora/inference";
import {
  createModelHost,
  createStageClock,
  type OwnedModelHost,
  type ServedModel,
} from "@kinora/model-service";
import { createLogger } from "@kinora/runtime";
import {
  assertGoldenRun,
  assertNearGoldens,
  type GoldenCase,
  goldenCases,
  openOnFixtures,
  recordRuns,
  renameGoldens,
} from "@kinora/testing";
import { beforeAll, describe, expect, it } from "vitest";
import { prepareGeneration } from "./prepare-generation.ts";

// What diffusers makes of the same request: fixtures/golden/pipelines of packages/testing.

let host: OwnedModelHost;

beforeAll(async () => {
  const logger = createLogger({ service: "test", level: "silent" });
  const opened = await openOnFixtures((config) => createModelHost(config, logger));
  host = opened.host;
  return opened.close;
});

const { signal } = new AbortController();

/** The case's model; its scheduler may be another one. */
async function modelOf({ pipeline, scheduler }: GoldenCase): Promise<ServedModel> {
  const model = await host.models.get(pipeline);
  return scheduler === null ? model : { ...model, scheduler: createScheduler(scheduler) };
}

const CASES = goldenCases("text-to-image", "image-to-image");

/** The case itself, or another one with the same words: those of the schedulers keep no embedding. */
function withWords(golden: GoldenCase): GoldenCase {
  const { prompt, negative_prompt: negative } = golden.request;
  const found = [golden, ...CASES].find(
    ({ pipeline, request, tensor }) =>
      pipeline === golden.pipeline &&
      request["prompt"] === prompt &&
      request["negative_prompt"] === negative &&
      tensor("negative_prompt_embeds") !== undefined,
  );
  return found ?? golden;
}

async function requestOf(golden: GoldenCase): Promise<t2i.GenerateRequest> {
  const { request, name } = golden;
  const embedding = await host.artifacts.writeTensors(
    `${name}/embedding`,
    renameGoldens(withWords(golden), {
      last_hidden_state: "prompt_embeds",
      unconditional: "negative_prompt_embeds",
      pooled: "pooled_prompt_embeds",
      unconditional_pooled: "negative_pooled_prompt_embeds",
    }),
  );
  return create(t2i.GenerateRequestSchema, {
    target: { model: golden.pipeline, outputPrefix: `${name}/` },
    embedding,
    seed: BigInt(request["seed"] as string),
    numInferenceSteps: request["num_inference_steps"] as number,
    guidanceScale: request["guidance_scale"] as number,
    guidanceRescale: request["guidance_rescale"] as number,
    width: request["width"] as number,
    height: request["height"] as number,
    numImages: request["num_images"] as number,
    ...(golden.kind === "image-to-image" && {
      startImage: await encodeSource(golden),
      strength: request["strength"] as number,
    }),
  });
}

/** The posterior of the case's picture, by the pipeline's own encoder. */
async function encodeSource(golden: GoldenCase) {
  const { shape, data } = golden.tensor("source_image") as NonNullable<ReturnType<GoldenCase["tensor"]>>;
  const [height, width] = shape as [number, number];
  const pixels = Float32Array.from({ length: data.length }, (_, i) => {
    const [channel, place] = [Math.floor(i / (height * width)), i % (height * width)];
    return (data[place * 3 + channel] as number) / 127.5 - 1;
  });
  const model = await host.models.get(golden.pipeline);
  const sample = { type: "float32", dims: [1, 3, height, width], data: pixels } as const;
  const { latent_parameters } = await host.engine.run(await model.session("vae_encoder"), { sample });
  if (latent_parameters?.type !== "float32")
    throw new Error("vae_encoder gave no float32 latent_parameters.");
  return host.artifacts.writeTensors(`${golden.name}/start`, { latent_parameters });
}

function firstOutput([outputs]: readonly Outputs[]): Float32Array {
  return Object.values(outputs ?? {})[0]?.data as Float32Array;
}

describe("pictures equal diffusers'", () => {
  it.each(CASES.map((golden) => [golden.name, golden] as const))("%s", async (_, golden) => {
    const model = await modelOf(golden);
    const request = await requestOf(golden);
    const { engine, given } = recordRuns(host.engine);
    const context = { host: { ...host, engine }, model, clock: createStageClock(), signal };
    const { options, size } = await prepareGeneration(context, request);
    const { schedule, noise, start } = options;
    const first = start?.index ?? 0;
    const samples: Float32Array[] = [];
    for await (const { sample } of denoise(options)) samples.push(sample);

    assertGoldenRun(golden, {
      timesteps: schedule.timesteps.slice(first),
      initialLatents: start
        ? schedule.addNoise(start.original, noise, first)
        : noise.map((value) => value * schedule.initNoiseSigma),
      noisePred: firstOutput(given),
      samples,
    });
    if (start) assertNearGoldens(golden, { image_latents: [start.original] });
    expect(elementCount(size)).toBe(samples[0]?.length);
  });
});
