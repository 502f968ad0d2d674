import { openModelFolder } from "@kinora/inference";
import { type TemporaryFolder, temporaryFolder } from "@kinora/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { craftGraph, FLOAT, INT64 } from "../testing/craft-graph.ts";
import { type ModelFiles, stableDiffusionFiles, writeModel } from "../testing/craft-model.ts";
import type { Pipeline } from "./pipeline.ts";
import { readPipeline } from "./read-pipeline.ts";

let models: TemporaryFolder;
beforeEach(async () => {
  models = await temporaryFolder("pipelines");
});
afterEach(() => models.remove());

async function read(files: ModelFiles): Promise<Pipeline> {
  await writeModel(models.path, "m", files);
  const folder = await openModelFolder(models.path, "m", { allowUnverified: true });
  return (await readPipeline(folder)).pipeline;
}

/** What is said against the Stable Diffusion folder after a change; "accepted" if nothing is. */
async function refusal(
  change: (files: Record<string, object | string | Uint8Array>) => void,
): Promise<string> {
  const files = stableDiffusionFiles();
  change(files);
  return read(files).then(
    () => "accepted",
    (error: unknown) => {
      expect(error).toMatchObject({ code: "model_invalid", fields: { model: "m" } });
      return (error as Error).message;
    },
  );
}

const axes = (rank: number) => Array.from({ length: rank }, (_, axis) => `d${axis}`);

describe("a folder without kinora.json and without manifest", () => {
  it("is described by its own configs", async () => {
    expect(await read(stableDiffusionFiles())).toEqual({
      kind: "stable-diffusion",
      className: "StableDiffusionPipeline",
      denoiser: "unet",
      textEncoders: [{ component: "text_encoder", tokenizer: "tokenizer", kind: "clip" }],
      imageEncoder: undefined,
      vae: { latentChannels: 4, scaleFactor: 2, scalingFactor: 0.5, shiftFactor: 0 },
      width: 16,
      height: 16,
      sizeMultiple: 4,
      numFrames: undefined,
      forceZerosForEmptyPrompt: false,
      graphs: ["unet", "text_encoder", "vae_decoder", "vae_encoder"],
    });
  });

  it("may carry optimum's class name and lack an encoder that only pictures need", async () => {
    const files = stableDiffusionFiles();
    files["model_index.json"] = { _class_name: "ORTStableDiffusionImg2ImgPipeline" };
    delete files["vae_encoder/model.onnx"];
    delete files["vae_encoder/config.json"];
    const pipeline = await read(files);
    expect(pipeline.className).toBe("StableDiffusionImg2ImgPipeline");
    expect(pipeline.graphs).toEqual(["unet", "text_encoder", "vae_decoder"]);
  });

  it("may have a size of its own in each direction", async () => {
    const files = stableDiffusionFiles();
    files["unet/config.json"] = { in_channels: 4, sample_size: [8, 12], block_out_channels: [4, 8] };
    expect(await read(files)).toMatchObject({ height: 16, width: 24 });
  });
});

describe("one sentence names the file and what was expected", () => {
  it("of an unknown class", async () => {
    expect(await refusal((files) => (files["model_index.json"] = { _class_name: "FluxPipeline" }))).toMatch(
      /model_index\.json: _class_name "FluxPipeline" is not served; expected one of .*StableDiffusionPipeline/,
    );
    expect(await refusal((files) => (files["model_index.json"] = {}))).toMatch(/_class_name is missing/);
  });

  it.each([
    "unet/model.onnx",
    "text_encoder/model.onnx",
    "vae_decoder/model.onnx",
    "vae_decoder/config.json",
    "tokenizer/merges.txt",
    "tokenizer/tokenizer_config.json",
  ])("of the missing file %s", async (file) => {
    const said = await refusal((files) => delete files[file]);
    expect(said).toBe(`Model m: ${file} is missing; StableDiffusionPipeline needs it.`);
  });

  it("of a wrong tensor name", async () => {
    const said = await refusal((files) => {
      files["vae_decoder/model.onnx"] = craftGraph(
        [{ name: "latents", type: FLOAT, shape: axes(4) }],
        [{ name: "sample", type: FLOAT, shape: axes(4) }],
      );
    });
    expect(said).toBe(
      "Model m: vae_decoder/model.onnx must have an input latent_sample, float32 or float16 of rank 4; it has latents.",
    );
  });

  it("of a wrong rank", async () => {
    const said = await refusal((files) => {
      files["vae_decoder/model.onnx"] = craftGraph(
        [{ name: "latent_sample", type: FLOAT, shape: axes(4) }],
        [{ name: "sample", type: FLOAT, shape: axes(3) }],
      );
    });
    expect(said).toBe(
      "Model m: vae_decoder/model.onnx must have an output sample, float32 or float16 of rank 4; it is float32 of rank 3.",
    );
  });

  it("of a wrong type", async () => {
    const said = await refusal((files) => {
      files["text_encoder/model.onnx"] = craftGraph(
        [{ name: "input_ids", type: FLOAT, shape: axes(2) }],
        [{ name: "last_hidden_state", type: FLOAT, shape: axes(3) }],
      );
    });
    expect(said).toBe(
      "Model m: text_encoder/model.onnx must have an input input_ids, int64 or int32 of rank 2; it is float32 of rank 2.",
    );
  });

  it("of an input that nobody feeds", async () => {
    const said = await refusal((files) => {
      files["text_encoder/model.onnx"] = craftGraph(
        ["input_ids", "attention_mask"].map((name) => ({ name, type: INT64, shape: axes(2) })),
        [{ name: "last_hidden_state", type: FLOAT, shape: axes(3) }],
      );
    });
    expect(said).toBe(
      "Model m: text_encoder/model.onnx has an input attention_mask; expected only input_ids.",
    );
  });

  it("of configs that contradict each other or hold something else", async () => {
    const unet = (config: object) => refusal((files) => (files["unet/config.json"] = config));
    expect(await unet({ in_channels: 9, sample_size: 8 })).toBe(
      "Model m: unet/config.json: in_channels must be 4 for vae_decoder's 4 latent channels, got 9.",
    );
    expect(await unet({ in_channels: 4, sample_size: "big" })).toBe(
      'Model m: unet/config.json: sample_size must be a whole number, or [height, width], got "big".',
    );
    const vae = { block_out_channels: [1, 2], latents_mean: [0, 0, 0, 0] };
    expect(await refusal((files) => (files["vae_decoder/config.json"] = vae))).toMatch(
      /vae_decoder\/config\.json: latents_mean must be null/,
    );
  });

  it("of JSON that is none", async () => {
    expect(await refusal((files) => (files["unet/config.json"] = "{"))).toMatch(
      /unet\/config\.json is not JSON/,
    );
  });
});
