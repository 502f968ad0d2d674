import { appendFile, cp, rm } from "node:fs/promises";
import { join } from "node:path";
import { createLogger, parseConfig } from "@kinora/runtime";
import { fixturePath, type TemporaryFolder, temporaryFolder } from "@kinora/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createApp } from "./app.ts";
import { configDefinition } from "./config.ts";

let folder: TemporaryFolder;
beforeEach(async () => {
  folder = await temporaryFolder("app");
});
afterEach(() => folder.remove());

/** Starts and stops the service; what start throws is thrown. */
async function start(env: Readonly<Record<string, string>>): Promise<number> {
  const config = parseConfig(configDefinition, {
    KINORA_DATA_DIR: join(folder.path, "data"),
    KINORA_MODELS_DIR: fixturePath("models"),
    KINORA_RPC_PORT: "0",
    KINORA_DEVICE: "cpu",
    ...env,
  });
  const app = await createApp(config, createLogger({ service: "test", level: "silent" }));
  try {
    return Number((await app.start())?.["port"]);
  } finally {
    await app.stop();
  }
}

describe("the service is ready", () => {
  it.each(["tiny-sdxl", "tiny-svd", "tiny-composed"])("with %s as its default model", async (model) => {
    expect(await start({ KINORA_DEFAULT_MODEL: model })).toBeGreaterThan(0);
  });

  it("where its memory holds less than the model", async () => {
    const env = { KINORA_DEFAULT_MODEL: "tiny-sdxl", KINORA_MODEL_MEMORY: "300KiB" };
    expect(await start(env)).toBeGreaterThan(0);
  });
});

describe("the service does not start", () => {
  async function startBroken(fault: (model: string) => Promise<unknown>, env = {}): Promise<string> {
    const models = join(folder.path, "models");
    await cp(fixturePath("models/tiny-sd"), join(models, "m"), { recursive: true });
    await fault(join(models, "m"));
    const refused = start({ KINORA_MODELS_DIR: models, KINORA_DEFAULT_MODEL: "m", ...env });
    return refused.then(
      () => "It started.",
      (error: unknown) => {
        expect(error).toMatchObject({ code: "model_invalid" });
        return (error as Error).message;
      },
    );
  }

  it("where a file is not what the manifest says", async () => {
    const said = await startBroken((model) => appendFile(join(model, "tokenizer/merges.txt"), "a b\n"));
    expect(said).toMatch(/^Model m: tokenizer\/merges\.txt has \d+ bytes; manifest\.json says \d+\.$/);
  });

  it("where a graph is missing", async () => {
    const said = await startBroken(async (model) => {
      await rm(join(model, "manifest.json"));
      await rm(join(model, "unet/model.onnx"));
    });
    expect(said).toBe("Model m: unet/model.onnx is missing; StableDiffusionPipeline needs it.");
  });

  it("where a manifest is required and there is none", async () => {
    const env = { KINORA_MODEL_MANIFEST: "required" };
    const said = await startBroken((model) => rm(join(model, "manifest.json")), env);
    expect(said).toMatch(/manifest\.json is missing/);
  });

  it("where the memory is no size", async () => {
    await expect(start({ KINORA_MODEL_MEMORY: "plenty" })).rejects.toMatchObject({ code: "config_invalid" });
  });
});
