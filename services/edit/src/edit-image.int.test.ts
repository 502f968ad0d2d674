import { create } from "@bufbuild/protobuf";
import { edit } from "@kinora/contracts";
import { createScheduler, denoise } from "@kinora/diffusion";
import {
  createModelHost,
  createStageClock,
  type OwnedModelHost,
  type ServedModel,
} from "@kinora/model-service";
import { createLogger } from "@kinora/runtime";
import {
  assertGoldenRun,
  type GoldenCase,
  goldenCases,
  openOnFixtures,
  recordRuns,
  renameGoldens,
} from "@kinora/testing";
import { beforeAll, expect, it } from "vitest";
import { editorOf } from "./editors.ts";

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

async function requestOf(golden: GoldenCase): Promise<edit.EditImageRequest> {
  const { request, name } = golden;
  const { latents } = renameGoldens(golden, { latents: "image_latents" });
  if (latents === undefined) throw new Error(`${name} has no image_latents.`);
  // diffusers repeats the picture's latents for each picture of the batch; EncodeImage gives them once.
  const [, ...frame] = latents.dims as [number, ...number[]];
  const one = {
    ...latents,
    dims: [1, ...frame],
    data: latents.data.slice(
      0,
      frame.reduce((a, b) => a * b, 1),
    ),
  };
  const embedding = renameGoldens(golden, {
    last_hidden_state: "prompt_embeds",
    unconditional: "negative_prompt_embeds",
  });
  return create(edit.EditImageRequestSchema, {
    target: { model: golden.pipeline, outputPrefix: `${name}/` },
    source: await host.artifacts.writeTensors(`${name}/source`, { latents: one }),
    embedding: await host.artifacts.writeTensors(`${name}/embedding`, embedding),
    seed: BigInt(request["seed"] as string),
    numInferenceSteps: request["num_inference_steps"] as number,
    guidanceScale: request["guidance_scale"] as number,
    imageGuidanceScale: request["image_guidance_scale"] as number,
    numImages: request["num_images"] as number,
  });
}

it.each(goldenCases("edit").map((golden) => [golden.name, golden] as const))(
  "%s equals diffusers'",
  async (_, golden) => {
    const model = await modelOf(golden);
    const { engine, given } = recordRuns(host.engine);
    const { options, size } = await editorOf(model).prepareEdit({
      host: { ...host, engine },
      model,
      request: await requestOf(golden),
      clock: createStageClock(),
      signal,
    });
    const { schedule, noise } = options;
    const samples: Float32Array[] = [];
    for await (const { sample } of denoise(options)) samples.push(sample);

    assertGoldenRun(golden, {
      timesteps: schedule.timesteps,
      initialLatents: noise.map((value) => value * schedule.initNoiseSigma),
      noisePred: Object.values(given[0] ?? {})[0]?.data as Float32Array,
      samples,
    });
    expect(size[0]).toBe(golden.request["num_images"]);
  },
);
