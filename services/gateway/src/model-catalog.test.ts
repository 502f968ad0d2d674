import { cp, mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fixturePath, temporaryFolder } from "@kinora/testing";
import { describe, expect, it } from "vitest";
import { createModelCatalog } from "./model-catalog.ts";

/** A models folder with the descriptions of the tiny model under `names`, without its graphs. */
async function modelsFolder(...names: string[]) {
  const folder = await temporaryFolder("models");
  const filter = (path: string) => !/onnx|config/.test(path);
  for (const name of names) {
    await cp(fixturePath("models/tiny"), join(folder.path, name), { recursive: true, filter });
  }
  return folder;
}

describe("createModelCatalog", () => {
  it("reads every folder with a kinora.json and resolves names and aliases", async () => {
    await using folder = await modelsFolder("a", "b");
    await writeFile(join(folder.path, "README.md"), "no model");
    const models = await createModelCatalog({
      modelsDir: folder.path,
      aliases: { "sora-2": "b", "sora-2-pro": "b" },
      defaultModel: "a",
    });
    expect(models.list().map(({ name }) => name)).toEqual(["a", "b"]);
    expect(models.resolve("sora-2")).toBe(models.resolve("b"));
    expect(models.resolve("b")).toMatchObject({
      kind: "video",
      aliases: ["sora-2", "sora-2-pro"],
      languages: ["en", "it"],
      clip: { width: 512, height: 512, fps: 16, numFrames: 65, seconds: "4" },
      picture: { folder: "b", task: "generate", sizes: { default: { width: 512, height: 512 } } },
    });
    expect(models.unavailable()).toEqual([]);
    for (const name of ["c", "", "constructor", "__proto__", "../a"]) {
      expect(() => models.resolve(name)).toThrow(/There is no model .*Models here: a, b\./);
    }
  });

  it("refuses to start without its default, or with an alias to nothing", async () => {
    await using folder = await modelsFolder("a");
    const open = (options: object) =>
      createModelCatalog({ modelsDir: folder.path, aliases: {}, defaultModel: "a", ...options });
    await expect(open({ defaultModel: "x" })).rejects.toThrow(/default model is x, but .* \(it has a\)/);
    await expect(open({ aliases: { y: "x" } })).rejects.toThrow(/alias y stands for x/);
    await expect(open({ modelsDir: `${folder.path}/none` })).rejects.toMatchObject({
      code: "config_invalid",
    });
  });

  it("says which changes a family's folder understands, with an editor and without", async () => {
    await using folder = await temporaryFolder("models");
    const source = fixturePath("models/tiny-editor");
    await cp(source, join(folder.path, "editor"), { recursive: true });
    await cp(source, join(folder.path, "timing"), { recursive: true });
    await rm(join(folder.path, "timing/editor/model.onnx"));
    const models = await createModelCatalog({ modelsDir: folder.path, aliases: {}, defaultModel: "editor" });
    expect(models.resolve("editor").edits).toEqual(
      expect.arrayContaining([
        { task: "time", values: ["day", "sunset", "night"], clipsOnly: false },
        { task: "camera", values: ["still", "pan", "zoom"], clipsOnly: true },
        { task: "loop", values: [], clipsOnly: true },
      ]),
    );
    const { edits, clipEdit } = models.resolve("timing");
    expect(edits?.map(({ task }) => task)).toEqual(["slow_motion", "faster", "reverse", "loop"]);
    expect(clipEdit).toBeUndefined();
  });

  it.each([
    ["kinora.json", "{", /^Model b: kinora.json is not JSON\.$/],
    ["kinora.json", "{}", /^Model b: kinora.json: /],
    ["manifest.json", "{}", /^Model b: manifest.json has no digest\.$/],
    ["manifest.json", undefined, /^Model b: manifest.json is missing\.$/],
    ["tokenizer/tokenizer.json", "{}", /^Model b: tokenizer\/tokenizer.json has no model.vocab\.$/],
    [
      "model_index.json",
      '{"_class_name":"FluxPipeline"}',
      /_class_name "FluxPipeline" is not served; served are StableDiffusionPipeline/,
    ],
  ])("lists a folder as unavailable whose %s is %s, beside the others", async (file, text, says) => {
    await using folder = await modelsFolder("a", "b");
    const path = join(folder.path, "b", file);
    await (text === undefined ? rm(path) : writeFile(path, text));
    const models = await createModelCatalog({
      modelsDir: folder.path,
      aliases: { c: "b" },
      defaultModel: "a",
    });
    expect(models.list().map(({ name }) => name)).toEqual(["a"]);
    expect(models.unavailable()).toEqual([
      { name: "b", aliases: ["c"], reason: expect.stringMatching(says) },
    ]);
    expect(() => models.resolve("c")).toThrow(expect.objectContaining({ code: "model_invalid" }));
  });
});

/** Writes a diffusers folder's descriptions, with empty files for its graphs. */
async function writeFolder(root: string, name: string, files: Readonly<Record<string, unknown>>) {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(root, name, path)), { recursive: true });
    await writeFile(join(root, name, path), typeof content === "string" ? content : JSON.stringify(content));
  }
}

const graphs = (...names: string[]): Record<string, unknown> =>
  Object.fromEntries(names.map((name) => [`${name}/model.onnx`, ""]));
const VAE = { block_out_channels: [8, 8, 16, 16] };
const SD = {
  "model_index.json": { _class_name: "StableDiffusionPipeline" },
  "unet/config.json": { sample_size: 64, block_out_channels: [1, 2, 3, 4] },
  "vae_decoder/config.json": VAE,
  ...graphs("text_encoder", "unet", "vae_encoder", "vae_decoder"),
};
const SVD = {
  "model_index.json": { _class_name: "StableVideoDiffusionPipeline" },
  "unet/config.json": { sample_size: 8, num_frames: 6, block_out_channels: [1, 2] },
  "vae_decoder/config.json": VAE,
  ...graphs("image_encoder", "unet", "vae_encoder", "vae_decoder"),
};

async function openForeign(folders: Readonly<Record<string, Readonly<Record<string, unknown>>>>) {
  await using folder = await modelsFolder("a");
  for (const [name, files] of Object.entries(folders)) await writeFolder(folder.path, name, files);
  return await createModelCatalog({ modelsDir: folder.path, aliases: {}, defaultModel: "a" });
}

describe("folders in diffusers' layout", () => {
  it("offers Stable Diffusion with the sizes and defaults of its class and configs", async () => {
    const { name, kind, picture, pictureEdit, clip } = (await openForeign({ sd: SD })).resolve("sd");
    expect({ name, kind, clip }).toEqual({ name: "sd", kind: "image", clip: undefined });
    expect(picture).toMatchObject({
      task: "generate",
      sizes: { default: { width: 512, height: 512 }, multiple: 64, maxPixels: 1024 * 1024 },
      numInferenceSteps: { default: 50 },
      guidanceScale: { default: 7.5 },
      guidanceRescale: { default: 0 },
      negativePrompt: true,
    });
    expect(pictureEdit).toMatchObject({ task: "vary", strength: { default: 0.8 } });
  });

  it("offers InstructPix2Pix for edits and Stable Video Diffusion for motion", async () => {
    const index = { _class_name: "StableDiffusionInstructPix2PixPipeline" };
    const models = await openForeign({ edits: { ...SD, "model_index.json": index }, svd: SVD });
    expect(models.resolve("edits")).toMatchObject({
      kind: "image_edit",
      pictureEdit: {
        task: "edit",
        numInferenceSteps: { default: 100 },
        imageGuidanceScale: { default: 1.5 },
      },
    });
    expect(models.resolve("edits").picture).toBeUndefined();
    expect(models.resolve("svd")).toMatchObject({
      kind: "motion",
      clip: { width: 64, height: 64, fps: 7, numFrames: 6, motion: { direct: { motionBucketId: 127 } } },
    });
    expect(models.resolve("svd").clip?.keyframe).toBeUndefined();
  });

  it("takes non-square and listed sizes from the folder", async () => {
    const wide = { ...SD["unet/config.json"], sample_size: [32, 48] };
    const card = { sizes: ["512x512", "768x512"], width: 768, height: 512 };
    const models = await openForeign({
      wide: { ...SD, "unet/config.json": wide },
      listed: { ...SD, "kinora.json": card },
    });
    expect(models.resolve("wide").picture?.sizes.default).toEqual({ width: 384, height: 256 });
    expect(models.resolve("listed").picture?.sizes).toMatchObject({
      default: { width: 768, height: 512 },
      only: [
        { width: 512, height: 512 },
        { width: 768, height: 512 },
      ],
    });
  });

  it("says which graph or setting a folder lacks", async () => {
    const headless = Object.fromEntries(Object.entries(SD).filter(([path]) => path !== "unet/model.onnx"));
    const models = await openForeign({
      headless,
      sizeless: { ...SD, "unet/config.json": { block_out_channels: [1] } },
      levelless: { ...SD, "vae_decoder/config.json": {} },
    });
    expect(models.unavailable().map(({ reason }) => reason)).toEqual([
      "Model headless: unet/model.onnx is missing; a StableDiffusionPipeline needs it.",
      "Model levelless: vae_decoder/config.json: block_out_channels must list a number for each level.",
      "Model sizeless: unet/config.json: sample_size must be a whole number above 0, or two of them.",
    ]);
  });
});

describe("composed models", () => {
  const compose = { keyframe: "sd", motion: "svd" };

  it("join a folder of keyframes and one of motion, in the motion's shape", async () => {
    const models = await openForeign({ both: { "kinora.json": { compose } }, sd: SD, svd: SVD });
    expect(models.resolve("both")).toMatchObject({
      kind: "video",
      clip: {
        ...{ width: 64, height: 64, fps: 7, numFrames: 6, seconds: "1" },
        keyframe: { folder: "sd", numInferenceSteps: { default: 50 } },
        motion: { folder: "svd", numInferenceSteps: { default: 25 } },
      },
    });
  });

  it("may say their own shape and settings", async () => {
    const setting = { default: 4, minimum: 1, maximum: 8 };
    const own = {
      compose,
      ...{ width: 128, height: 64, fps: 6, num_frames: 4 },
      t2i: { num_inference_steps: setting },
      i2v: { num_inference_steps: setting, motion_bucket_id: setting, guidance_scale: setting },
    };
    const models = await openForeign({ both: { "kinora.json": own }, sd: SD, svd: SVD });
    expect(models.resolve("both").clip).toMatchObject({
      ...{ width: 128, height: 64, fps: 6, numFrames: 4 },
      keyframe: { numInferenceSteps: setting },
      motion: {
        numInferenceSteps: setting,
        direct: { fps: 6, motionBucketId: 4, minGuidanceScale: 1, maxGuidanceScale: 4 },
      },
    });
  });

  it("join our own motion with foreign keyframes", async () => {
    const models = await openForeign({
      both: { "kinora.json": { compose: { keyframe: "sd", motion: "a" } } },
      sd: SD,
    });
    expect(models.resolve("both").clip).toMatchObject({
      ...{ width: 512, height: 512, numFrames: 65 },
      keyframe: { folder: "sd" },
      motion: { folder: "a", readsPrompt: true },
    });
  });

  it("are unavailable without their folders, or when the keyframe cannot have the clip's size", async () => {
    const models = await openForeign({
      none: { "kinora.json": { compose: { keyframe: "x", motion: "svd" } } },
      odd: { "kinora.json": { compose, width: 72 } },
      still: { "kinora.json": { compose: { keyframe: "sd", motion: "sd" } } },
      sd: SD,
      svd: SVD,
    });
    expect(models.unavailable().map(({ reason }) => reason)).toEqual([
      "Model none: kinora.json: compose.keyframe x is no model here that draws pictures.",
      "Model odd: kinora.json: clips are 72x64, but sd draws WIDTHxHEIGHT, both multiples of 64, of at most 1048576 pixels.",
      "Model still: kinora.json: compose.motion sd is no model here that sets pictures in motion.",
    ]);
  });
});
