import { readdirSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { encoder } from "@kinora/contracts";
import { findFfmpeg } from "@kinora/media";
import { createStageClock } from "@kinora/model-service";
import { assertNearGoldens, ffprobe, type GoldenCase, goldenCases, openOnFixtures } from "@kinora/testing";
import { beforeAll, describe, expect, it } from "vitest";
import { decodeFrames, prepareDecoding } from "../pixels/decode-frames.ts";
import { createEncoderHost, type EncoderHost, resultOf } from "../testing/encoder-host.ts";
import { createEncodeClip } from "./encode-clip.ts";

type Result = MessageInitShape<typeof encoder.EncodeClipResultSchema>;
type Latents = { readonly type: "float32"; readonly dims: readonly number[]; readonly data: Float32Array };

let host: EncoderHost;
let dataDir: string;
beforeAll(async () => {
  const opened = await openOnFixtures(createEncoderHost);
  ({ host, dataDir } = opened);
  return opened.close;
});

/** The clip's latents after the last step, [T, C, h, w]. */
function finalLatents(golden: GoldenCase): Latents {
  const { shape, data } = golden.tensor("latents") ?? { shape: [], data: new Float32Array() };
  const [calls = 1, , ...dims] = shape;
  return { type: "float32", dims, data: Float32Array.from(data.subarray(-data.length / calls)) };
}

async function startEncode(model: string, latents: Latents, fps: number) {
  const prefix = `${model}/${crypto.randomUUID()}/`;
  const request = create(encoder.EncodeClipRequestSchema, {
    target: { model, outputPrefix: prefix },
    latents: await host.artifacts.writeTensors(`${prefix}latents`, { latents }),
    fps,
  });
  return createEncodeClip(host, await findFfmpeg({ configured: undefined }))(request, host.context);
}

async function encodeClip(model: string, latents: Latents, fps: number) {
  const result = await resultOf<Result>(await startEncode(model, latents, fps));
  const path = join(dataDir, `${crypto.randomUUID()}.mp4`);
  await writeFile(path, await host.loadBytes(result.video as never));
  return ffprobe(path);
}

const clips = goldenCases("image-to-video").map((golden) => [golden.name, golden] as const);

describe("frames equal diffusers'", () => {
  it.each(clips)("%s", async (_, golden) => {
    const model = await host.models.get(golden.pipeline);
    const { signal } = host.context;
    const latents = finalLatents(golden);
    const decoding = await prepareDecoding({ host, model, latents, clock: createStageClock(), signal });
    const values: number[] = [];
    for await (const picture of decodeFrames(decoding)) values.push(...picture.data);
    expect([decoding.total, decoding.height, decoding.width, 3]).toEqual(
      golden.tensor("images_uint8")?.shape,
    );
    assertNearGoldens(golden, { images_uint8: [values] });
  });
});

it("the clip has the model's size and the rate that was asked for", async () => {
  const [, golden] = clips[0] ?? [];
  if (!golden) throw new Error("There is no golden clip.");
  const latents = finalLatents(golden);
  const { streams } = await encodeClip(golden.pipeline, latents, 7);
  const [, height, width] = golden.tensor("images_uint8")?.shape ?? [];
  expect(streams[0]).toMatchObject({
    width,
    height,
    nb_read_frames: String(latents.dims[0]),
    r_frame_rate: "7/1",
  });
});

it("clips of our own family are made as before", async () => {
  const latents = { type: "float32", dims: [7, 3, 64, 64], data: new Float32Array(7 * 3 * 64 * 64) } as const;
  const { streams } = await encodeClip("tiny", latents, 16);
  expect(streams[0]).toMatchObject({ width: 512, height: 512, nb_read_frames: "7", r_frame_rate: "16/1" });
});

/** Process ids of the ffmpegs that this process started. */
function runningFfmpegs(): string[] {
  return readdirSync("/proc/self/task")
    .flatMap((thread) => readFileSync(`/proc/self/task/${thread}/children`, "utf8").split(" "))
    .filter((pid) => pid !== "" && readFileSync(`/proc/${pid}/comm`, "utf8").startsWith("ffmpeg"));
}

it.runIf(process.platform === "linux")("leaves no ffmpeg behind when it ends before the clip", async () => {
  const latents = {
    type: "float32",
    dims: [33, 3, 64, 64],
    data: new Float32Array(33 * 3 * 64 * 64),
  } as const;
  const events = await startEncode("tiny", latents, 16);
  for (let completed = 0; completed === 0; ) {
    const { value } = await events.next();
    if (value?.event?.case === "progress") completed = value.event.value.completed ?? 0;
  }
  expect(runningFfmpegs()).toHaveLength(1);
  await events.return(undefined);
  expect(runningFfmpegs()).toEqual([]);
});
