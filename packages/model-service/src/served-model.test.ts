import { createEngine, type Engine } from "@kinora/inference";
import { createLogger } from "@kinora/runtime";
import { type TemporaryFolder, temporaryFolder } from "@kinora/testing";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createServedModels, type ServedModelsOptions } from "./served-model.ts";
import { stableDiffusionFiles, writeModel } from "./testing/craft-model.ts";

let models: TemporaryFolder;
let engine: Engine;
beforeEach(async () => {
  models = await temporaryFolder("served");
  engine = createEngine({ device: "cpu", logger: createLogger({ service: "test", level: "silent" }) });
});
afterEach(async () => {
  await engine.close();
  await models.remove();
});

async function open(files: Parameters<typeof writeModel>[2], options: Partial<ServedModelsOptions> = {}) {
  await writeModel(models.path, "m", files);
  return createServedModels(engine, { modelsDir: models.path, allowUnverified: true, ...options }).get("m");
}

it("knows a folder without manifest by the digest of its files", async () => {
  const first = await open(stableDiffusionFiles());
  expect(first.folder.digest).toMatch(/^[0-9a-f]{64}$/);
  expect((await open(stableDiffusionFiles())).folder.digest).toBe(first.folder.digest);
  const changed = { ...stableDiffusionFiles(), "tokenizer/merges.txt": "#version: 0.3\n" };
  expect((await open(changed)).folder.digest).not.toBe(first.folder.digest);
});

it("refuses such a folder where a manifest is required", async () => {
  await expect(open(stableDiffusionFiles(), { allowUnverified: false })).rejects.toMatchObject({
    code: "model_invalid",
    message: expect.stringMatching(/manifest\.json is missing/),
  });
});

it("gives the parsed config of a graph, and nothing for a graph that is not there", async () => {
  const model = await open(stableDiffusionFiles());
  expect(model.config("unet")).toMatchObject({ in_channels: 4, sample_size: 8 });
  expect(() => model.config("transformer")).toThrow(/bug/);
});

it("refuses a scheduler or an option that is not supported, naming the file", async () => {
  const withScheduler = (scheduler: object) =>
    open({ ...stableDiffusionFiles(), "scheduler/scheduler_config.json": scheduler });
  await expect(withScheduler({ _class_name: "DEISMultistepScheduler" })).rejects.toMatchObject({
    code: "model_invalid",
    message: expect.stringMatching(/^Model m: scheduler\/scheduler_config\.json: .*DEISMultistepScheduler/),
  });
  await expect(withScheduler({ _class_name: "DDIMScheduler", novel: 1 })).rejects.toThrow(/novel/);
});

it("reads a scheduler's bare -Infinity", async () => {
  const scheduler = '{"_class_name": "DPMSolverMultistepScheduler", "lambda_min_clipped": -Infinity}';
  const model = await open({ ...stableDiffusionFiles(), "scheduler/scheduler_config.json": scheduler });
  expect(model.scheduler.createSchedule({ numSteps: 3 }).timesteps.length).toBe(3);
});
