import { readdirSync } from "node:fs";
import { glob, mkdir, readFile, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createEngine, decodeTensors, requireTensor, type TensorOf } from "@kinora/inference";
import { decodePng, encodePng } from "@kinora/media";
import { createLogger } from "@kinora/runtime";
import {
  ffprobe,
  fixturePath,
  type GoldenTensor,
  goldenDistance,
  readGoldenCase,
  type TemporaryFolder,
  temporaryFolder,
} from "@kinora/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { downloadClip } from "./download-clip.ts";
import { getContent, postVideo, waitForCompletion } from "./rest.ts";
import { type Stack, startStack } from "./stack.ts";

let stack: Stack;
let folder: TemporaryFolder;

/** The fixture's models, and compositions of this test's own beside them. */
async function modelsDir(root: string): Promise<string> {
  const path = join(root, "models");
  await mkdir(path);
  for (const name of readdirSync(fixturePath("models"))) {
    await symlink(fixturePath(join("models", name)), join(path, name));
  }
  const compose = async (name: string, parts: object) => {
    await mkdir(join(path, name));
    await writeFile(join(path, name, "kinora.json"), JSON.stringify({ name, compose: parts }));
  };
  await compose("cartoon-motion", { keyframe: "tiny-sd", motion: "tiny" });
  await compose("broken", { keyframe: "tiny-sd", motion: "nothing" });
  return path;
}

beforeAll(async () => {
  folder = await temporaryFolder("composed");
  stack = await startStack({ env: { KINORA_MODELS_DIR: await modelsDir(folder.path) } });
});
afterAll(async () => {
  await stack?.[Symbol.asyncDispose]();
  await folder?.remove();
});

/** A composed golden case: one seed, the card's defaults for both halves. */
function readComposed(name: string) {
  const golden = readGoldenCase(`composed/${name}`) as ReturnType<typeof readGoldenCase> & {
    readonly keyframe: Readonly<Record<string, string | number>>;
  };
  const tensor = (of: string): GoldenTensor => {
    const found = golden.tensor(of);
    if (!found) throw new Error(`${golden.name} has no ${of}.`);
    return found;
  };
  const tolerance = golden.tensors["keyframe"] ?? { exact: true };
  const imagesTolerance = golden.tensors["images"] ?? { exact: true };
  return { keyframe: golden.keyframe, tensor, tolerance, imagesTolerance };
}

/** Mean PSNR in dB of frames against a tensor [T, H, W, 3]. */
function meanPsnr(frames: readonly Uint8Array[], { data }: GoldenTensor): number {
  const size = data.length / frames.length;
  const each = frames.map((frame, index) => {
    let sum = 0;
    for (let i = 0; i < size; i += 1) sum += ((frame[i] ?? 0) - (data[index * size + i] ?? 0)) ** 2;
    return 10 * Math.log10((255 ** 2 * size) / Math.max(sum, 1e-9));
  });
  return each.reduce((total, value) => total + value, 0) / each.length;
}

/** What the stage that ran last left in the store, as the encoder reads it. */
async function lastKeyFrames(): Promise<TensorOf<"float32">> {
  const root = join(stack.dataDir, "objects");
  const files: { readonly path: string; readonly atMs: number }[] = [];
  for await (const file of glob("stages/*/animate/**/key-frames.safetensors", { cwd: root })) {
    const path = join(root, file);
    files.push({ path, atMs: (await stat(path)).mtimeMs });
  }
  const newest = files.toSorted((a, b) => b.atMs - a.atMs)[0]?.path;
  const tensors = decodeTensors(await readFile(newest ?? "no key frames"));
  return requireTensor(tensors, "latents", { type: "float32", rank: 4, what: "The stage's artifact" });
}

/** tiny-svd's frames of latents, by its decoder alone: floats [T, H, W, 3] in [0, 1], as diffusers gives them. */
async function decodeByHand(latents: TensorOf<"float32">): Promise<Float32Array> {
  const folder = fixturePath("models/tiny-svd/vae_decoder");
  const { scaling_factor: scale } = JSON.parse(await readFile(join(folder, "config.json"), "utf8")) as {
    scaling_factor: number;
  };
  const engine = createEngine({ device: "cpu", logger: createLogger({ service: "test", level: "silent" }) });
  try {
    const session = await engine.load(join(folder, "model.onnx"));
    const feeds = { latent_sample: { ...latents, data: latents.data.map((value) => value / scale) } };
    const what = { type: "float32", rank: 4, what: "The decoder's output" } as const;
    return channelsLast(requireTensor(await engine.run(session, feeds), "sample", what));
  } finally {
    await engine.close();
  }
}

/** Pictures [T, C, H, W] in [-1, 1] as [T, H, W, C] in [0, 1]. */
function channelsLast({ dims, data }: TensorOf<"float32">): Float32Array {
  const [frames, channels, height, width] = dims as [number, number, number, number];
  const pixels = height * width;
  return Float32Array.from({ length: frames * channels * pixels }, (_, i) => {
    const frame = Math.floor(i / (channels * pixels));
    const pixel = Math.floor(i / channels) % pixels;
    const value = data[(frame * channels + (i % channels)) * pixels + pixel] ?? Number.NaN;
    return Math.min(1, Math.max(0, value / 2 + 0.5));
  });
}

describe("keyframes of one folder, motion of another", () => {
  it.each(["ball", "sea"])("%s: POST /v1/videos makes what diffusers makes of both", async (name) => {
    const { keyframe, tensor, tolerance, imagesTolerance } = readComposed(name);
    const { id } = await postVideo(stack.baseUrl, {
      ...{ model: "tiny-composed", prompt: keyframe["prompt"], seed: Number(keyframe["seed"]) },
    });
    const video = await waitForCompletion(stack.baseUrl, id);
    expect(Object.keys(video.stage_durations)).toEqual([
      ...[
        "encode_prompt",
        "generate_keyframe",
        "decode_keyframe",
        "encode_keyframe",
        "animate",
        "encode_clip",
      ],
    ]);
    const picture = await decodePng(await getContent(stack.baseUrl, id, "keyframe"));
    expect(goldenDistance(picture.data, tensor("keyframe"), { tolerance })).toBeLessThanOrEqual(1);
    const frames = await decodeByHand(await lastKeyFrames());
    expect(goldenDistance(frames, tensor("images"), { tolerance: imagesTolerance })).toBeLessThanOrEqual(1);
    const { path, decoded } = await downloadClip(stack, id);
    const [stream] = (await ffprobe(path)).streams;
    expect(stream).toMatchObject({ width: 64, height: 64, r_frame_rate: "7/1", nb_frames: "6" });
    // H.264 stands between: half of the colour's resolution, and its own small losses.
    expect(meanPsnr(decoded.frames, tensor("images_uint8"))).toBeGreaterThan(30);
  });

  it("sets a given picture in motion without drawing one, by the motion's folder alone too", async () => {
    const { tensor } = readComposed("ball");
    const png = await encodePng({ data: tensor("keyframe").data as Uint8Array, width: 64, height: 64 });
    const input_reference = `data:image/png;base64,${Buffer.from(png).toString("base64")}`;
    const { id } = await postVideo(stack.baseUrl, {
      ...{ model: "tiny-svd", input_reference, seed: 21, num_inference_steps: 2 },
    });
    const video = await waitForCompletion(stack.baseUrl, id);
    expect(video.stage_durations).not.toHaveProperty("generate_keyframe");
    expect((await ffprobe((await downloadClip(stack, id)).path)).streams[0]).toMatchObject({
      nb_frames: "6",
    });
  });

  it("lets our own motion move a foreign keyframe", async () => {
    const request = { model: "cartoon-motion", prompt: "a red ball", seed: 3, num_inference_steps: 2 };
    const { id } = await postVideo(stack.baseUrl, request);
    const video = await waitForCompletion(stack.baseUrl, id);
    expect(video.stage_durations).toHaveProperty("encode_motion_prompt");
    expect((await ffprobe((await downloadClip(stack, id)).path)).streams[0]).toMatchObject({
      width: 512,
      nb_frames: "65",
    });
  });

  it("lists each with its own shape, and a broken one with its reason", async () => {
    const answer = await fetch(`${stack.baseUrl}/v1/models`);
    const { data } = (await answer.json()) as { data: Record<string, unknown>[] };
    const model = (id: string) => data.find((candidate) => candidate["id"] === id);
    expect(model("tiny-composed")).toMatchObject({
      ...{ kind: "video", status: "available" },
      fields: { size: { default: "64x64" }, fps: { default: 7 }, num_frames: { default: 6 } },
    });
    expect(model("tiny-svd")).toMatchObject({
      kind: "motion",
      fields: { input_reference: { required: true } },
    });
    expect(model("tiny-svd")?.["fields"]).not.toHaveProperty("prompt");
    expect(model("broken")).toMatchObject({
      status: "unavailable",
      reason:
        "Model broken: kinora.json: compose.motion nothing is no model here that sets pictures in motion.",
    });
    expect((await fetch(`${stack.baseUrl}/readyz`)).status).toBe(200);
  });
});
