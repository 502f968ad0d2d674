import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type CraftedPort, craftGraph, FLOAT, INT64 } from "./craft-graph.ts";

/** Files of a model folder by path; objects are written as JSON. */
export type ModelFiles = Readonly<Record<string, object | string | Uint8Array>>;

const floats = (name: string, rank: number): CraftedPort => ({
  name,
  type: FLOAT,
  shape: Array.from({ length: rank }, (_, axis) => `d${axis}`),
});
const ids: CraftedPort = { name: "input_ids", type: INT64, shape: ["batch", "length"] };
/** Two levels. */
const UNET = { in_channels: 4, sample_size: 8, block_out_channels: [4, 8] };
const vae = { block_out_channels: [32, 64], latent_channels: 4, scaling_factor: 0.5 };

/** A Stable Diffusion folder in which everything is as it should be, but whose graphs compute nothing. */
export function stableDiffusionFiles(): Record<string, object | string | Uint8Array> {
  return {
    "model_index.json": {
      _class_name: "StableDiffusionPipeline",
      unet: ["diffusers", "UNet2DConditionModel"],
    },
    "scheduler/scheduler_config.json": { _class_name: "DDIMScheduler" },
    "tokenizer/vocab.json": {},
    "tokenizer/merges.txt": "#version: 0.2\n",
    "tokenizer/tokenizer_config.json": {},
    "text_encoder/config.json": { num_hidden_layers: 2 },
    "text_encoder/model.onnx": craftGraph([ids], [floats("last_hidden_state", 3)]),
    "unet/config.json": UNET,
    "unet/model.onnx": craftGraph(
      [floats("sample", 4), { name: "timestep", type: FLOAT, shape: [] }, floats("encoder_hidden_states", 3)],
      [floats("out_sample", 4)],
    ),
    "vae_encoder/config.json": vae,
    "vae_encoder/model.onnx": craftGraph([floats("sample", 4)], [floats("latent_parameters", 4)]),
    "vae_decoder/config.json": vae,
    "vae_decoder/model.onnx": craftGraph([floats("latent_sample", 4)], [floats("sample", 4)]),
  };
}

/** Writes `modelsDir/name` anew. */
export async function writeModel(modelsDir: string, name: string, files: ModelFiles): Promise<void> {
  await rm(join(modelsDir, name), { recursive: true, force: true });
  for (const [rel, content] of Object.entries(files)) {
    const path = join(modelsDir, name, rel);
    await mkdir(dirname(path), { recursive: true });
    const isRaw = typeof content === "string" || content instanceof Uint8Array;
    await writeFile(path, isRaw ? content : JSON.stringify(content));
  }
}
