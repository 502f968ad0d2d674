import { create } from "@bufbuild/protobuf";
import { i2v } from "@kinora/contracts";
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
import { prepareAnimation } from "./animate.ts";

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

async function requestOf(golden: GoldenCase): Promise<i2v.AnimateRequest> {
  const { request, name } = golden;
  const firstFrame = await host.artifacts.writeTensors(
    `${name}/first-frame`,
    renameGoldens(golden, { latents: "image_latents", image_embeds: "image_embeds" }),
  );
  return create(i2v.AnimateRequestSchema, {
    target: { model: golden.pipeline, outputPrefix: `${name}/` },
    firstFrame,
    seed: BigInt(request["seed"] as string),
    numInferenceSteps: request["num_inference_steps"] as number,
    guidanceScale: request["max_guidance_scale"] as number,
    minGuidanceScale: request["min_guidance_scale"] as number,
    numFrames: request["num_frames"] as number,
    fps: request["fps"] as number,
    motionBucketId: request["motion_bucket_id"] as number,
    noiseAugStrength: request["noise_aug_strength"] as number,
  });
}

it.each(goldenCases("image-to-video").map((golden) => [golden.name, golden] as const))(
  "%s equals diffusers'",
  async (_, golden) => {
    const model = await modelOf(golden);
    const { engine, given } = recordRuns(host.engine);
    const { options, readFrames } = await prepareAnimation({
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
    expect(readFrames(samples.at(-1) as Float32Array).dims).toEqual(
      golden.tensor("initial_latents")?.shape.slice(1),
    );
  },
);
