import { openModelFolder } from "@kinora/inference";
import { fixturePath } from "@kinora/testing";
import { expect, it } from "vitest";
import { readPipeline } from "./read-pipeline.ts";

// Folders that optimum exported from diffusers' own classes, and our exporter for Stable Video Diffusion.

const vae = { latentChannels: 4, scaleFactor: 8, shiftFactor: 0 };
const clip = ["text_encoder", "tokenizer", "clip"];

it.each([
  { name: "tiny", kind: "pocket", encoders: [["text_encoder", "tokenizer", "words"]], width: 512 },
  { name: "tiny-sd", kind: "stable-diffusion", encoders: [clip], width: 64, vae },
  { name: "tiny-sd-v", kind: "stable-diffusion", encoders: [clip], width: 64 },
  {
    name: "tiny-sdxl",
    kind: "stable-diffusion-xl",
    encoders: [clip, ["text_encoder_2", "tokenizer_2", "clip-pooled"]],
    width: 64,
    forceZerosForEmptyPrompt: true,
  },
  {
    name: "tiny-sd3",
    kind: "stable-diffusion-3",
    encoders: [
      ["text_encoder", "tokenizer", "clip-pooled"],
      ["text_encoder_2", "tokenizer_2", "clip-pooled"],
      ["text_encoder_3", "tokenizer_3", "t5"],
    ],
    denoiser: "transformer",
    width: 64,
    vae: { latentChannels: 16 },
  },
  { name: "tiny-lcm", kind: "latent-consistency", encoders: [clip], width: 64 },
  { name: "tiny-instruct-pix2pix", kind: "instruct-pix2pix", encoders: [clip], width: 64 },
  {
    name: "tiny-svd",
    kind: "stable-video-diffusion",
    encoders: [],
    imageEncoder: "image_encoder",
    width: 64,
    numFrames: 6,
  },
])("$name is $kind", async ({ name, encoders, ...expected }) => {
  const { pipeline } = await readPipeline(await openModelFolder(fixturePath("models"), name));
  expect(pipeline).toMatchObject({ denoiser: "unet", ...expected });
  const found = pipeline.textEncoders.map(({ component, tokenizer, kind }) => [component, tokenizer, kind]);
  expect(found).toEqual(encoders);
});
