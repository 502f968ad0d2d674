import { create } from "@bufbuild/protobuf";
import { t2i } from "@kinora/contracts";
import { createScheduler, denoise } from "@kinora/diffusion";
import type { Outputs } from "@kinora/inference";
import {
  createModelHost,
  createStageClock,
  type OwnedModelHost,
  type ServedModel,
} from "@kinora/model-service";
import { createLogger } from "@kinora/runtime";
import {
  fixturePath,
  type GoldenCase,
  goldenCases,
  goldenDistance,
  renameGoldens,
  type TemporaryFolder,
  temporaryFolder,
} from "@kinora/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { prepareGeneration } from "./prepare-generation.ts";

// What diffusers makes of the same request: fixtures/golden/pipelines of packages/testing.

let folder: TemporaryFolder;
let host: OwnedModelHost;

beforeAll(async () => {
  folder = await temporaryFolder("golden");
  const config = {
    modelsDir: fixturePath("models"),
    dataDir: folder.path,
    device: "cpu",
    engineThreads: 1,
  } as const;
  host = createModelHost(config, createLogger({ service: "test", level: "silent" }));
});

afterAll(async () => {
  await host.close();
  await folder.remove();
});

const { signal } = new AbortController();

/** The host, and what its graphs give from then on. */
function recordOutputs(): { readonly recording: OwnedModelHost; readonly outputs: Outputs[] } {
  const outputs: Outputs[] = [];
  const { engine } = host;
  const run: typeof engine.run = async (...call) => {
    const given = await engine.run(...call);
    outputs.push(given);
    return given;
  };
  return { recording: { ...host, engine: { ...engine, run } }, outputs };
}

/** The case's model; its scheduler may be another one. */
async function modelOf({ pipeline, scheduler }: GoldenCase): Promise<ServedModel> {
  const model = await host.models.get(pipeline);
  return scheduler === null ? model : { ...model, scheduler: createScheduler(scheduler) };
}

async function requestOf(golden: GoldenCase): Promise<t2i.GenerateRequest> {
  const { request, name } = golden;
  const embedding = await host.artifacts.writeTensors(
    `${name}/embedding`,
    renameGoldens(golden, {
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

function expectNear(golden: GoldenCase, name: string, values: ArrayLike<number>, steps = 1): void {
  const [tensor, tolerance] = [golden.tensor(name), golden.tensors[name]];
  if (tensor === undefined || tolerance === undefined)
    throw new Error(`${golden.name} has no tensor ${name}.`);
  expect(goldenDistance(values, tensor, { tolerance, steps }), name).toBeLessThanOrEqual(1);
}

describe("pictures equal diffusers'", () => {
  it.each(goldenCases("text-to-image", "image-to-image").map((golden) => [golden.name, golden] as const))(
    "%s",
    async (_, golden) => {
      const model = await modelOf(golden);
      const request = await requestOf(golden);
      const { recording, outputs } = recordOutputs();
      const { options } = await prepareGeneration(
        { host: recording, model, clock: createStageClock(), signal },
        request,
      );
      const { schedule, noise, start } = options;
      const first = start?.index ?? 0;
      const timesteps = schedule.timesteps.slice(first);
      expectNear(golden, "timesteps", timesteps);

      const samples: Float32Array[] = [];
      for await (const { sample } of denoise(options)) samples.push(sample);
      if (golden.tensor("final_latents")) {
        expectNear(golden, "final_latents", samples.at(-1) as Float32Array);
        return;
      }
      const initial = start
        ? schedule.addNoise(start.original, noise, first)
        : noise.map((value) => value * schedule.initNoiseSigma);
      expectNear(golden, "initial_latents", initial);
      if (start) expectNear(golden, "image_latents", start.original);
      const [output] = Object.values(outputs[0] ?? {});
      expectNear(golden, "noise_pred", output?.data as Float32Array);
      const size = samples[0]?.length ?? 0;
      const latents = new Float32Array(samples.length * size);
      for (const [index, sample] of samples.entries()) latents.set(sample, index * size);
      expectNear(golden, "latents", latents, samples.length);
    },
  );
});
