import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { encoder } from "@kinora/contracts";
import { createTorchGenerator } from "@kinora/diffusion";
import { float32Tensor, type TensorOf } from "@kinora/inference";
import { decodePng, encodePng, keepUnchanged, type RawPicture } from "@kinora/media";
import { createStageClock } from "@kinora/model-service";
import { openOnFixtures } from "@kinora/testing";
import { beforeAll, expect, it } from "vitest";
import { createDecodeImage } from "../rpc/decode-image.ts";
import { createEncoderHost, type EncoderHost, resultOf } from "../testing/encoder-host.ts";
import { decodeFrames, prepareDecoding } from "./decode-frames.ts";
import { keepSources, readEditHistory } from "./edit-history.ts";

const MODEL = "tiny-editor";
const THRESHOLDING = { alpha: 0.03, lowPass: 9 };
const SIZE = 3 * 64 * 64;
const { signal } = new AbortController();

let host: EncoderHost;
beforeAll(async () => {
  const opened = await openOnFixtures(createEncoderHost);
  host = opened.host;
  return opened.close;
});

/** `count` pictures' latents, of which the upper half is the same in every turn. */
function latentsOf(turn: number, count: number): Float32Array {
  const shared = createTorchGenerator(7n).randn(count * SIZE);
  const own = createTorchGenerator(BigInt(20 + turn)).randn(count * SIZE);
  return shared.map((value, index) => 0.3 * (index % 4096 < 2048 ? value : (own[index] ?? 0)));
}

const states = (count: number) => [0, 1, 2].map((turn) => latentsOf(turn, count));

/** A file as a clip or picture has it after two edits. */
async function store(all: readonly Float32Array[], count: number) {
  const [last = new Float32Array()] = all.slice(-1);
  const before = Float32Array.from(all.slice(0, -1).flatMap((state) => [...state]));
  return host.artifacts.writeTensors(`${crypto.randomUUID()}.safetensors`, {
    latents: float32Tensor(last, [count, 3, 64, 64]),
    before: float32Tensor(before, [all.length - 1, count, 3, 64, 64]),
  });
}

async function decode(latents: TensorOf<"float32">): Promise<RawPicture[]> {
  const model = await host.models.get(MODEL);
  const decoding = await prepareDecoding({ host, model, latents, clock: createStageClock(), signal });
  const frames: RawPicture[] = [];
  for await (const frame of decodeFrames(decoding)) frames.push(frame);
  return frames;
}

/** What keeping gives when every state is decoded for itself. */
async function expected(all: readonly Float32Array[], count: number): Promise<RawPicture[]> {
  const decoded = await Promise.all(
    all.map((state) => decode({ type: "float32", dims: [count, 3, 64, 64], data: state })),
  );
  return Array.from({ length: count }, (_, index) => {
    const [first, second, third] = decoded.map((frames) => frames[index]) as [
      RawPicture,
      RawPicture,
      RawPicture,
    ];
    const once = keepUnchanged({ source: first, edited: second, seen: first }, THRESHOLDING);
    return keepUnchanged({ source: once, edited: third, seen: second }, THRESHOLDING);
  });
}

it("frames keep the bytes that no edit changed, whatever stands beside them in a decoder's run", async () => {
  const count = 5;
  const model = await host.models.get(MODEL);
  const history = await readEditHistory(host.artifacts, await store(states(count), count), { model, signal });
  expect([history.total, history.latents.dims]).toEqual([count, [15, 3, 64, 64]]);
  const decoding = await prepareDecoding({
    host,
    model,
    latents: history.latents,
    clock: createStageClock(),
    signal,
  });
  const made: RawPicture[] = [];
  for await (const frame of keepSources(decodeFrames(decoding), history)) made.push(frame);
  const wanted = await expected(states(count), count);
  expect(made).toHaveLength(count);
  const [first = new Float32Array()] = states(count);
  const untouched = await decode({ type: "float32", dims: [count, 3, 64, 64], data: first });
  for (const [index, { data }] of made.entries()) {
    expect(Buffer.compare(data, wanted[index]?.data ?? new Uint8Array())).toBe(0);
    // Away from the middle, where the decoder sees both halves, the upper half is the first clip's, byte for byte.
    const half = 200 * 512 * 3;
    expect(Buffer.compare(data.subarray(0, half), untouched[index]?.data.subarray(0, half) as Buffer)).toBe(
      0,
    );
    expect(Buffer.compare(data, untouched[index]?.data as Buffer)).not.toBe(0);
  }
});

it("a picture keeps its own pixels, which its latents do not hold", async () => {
  const [before = new Float32Array(), after = new Float32Array()] = states(1);
  const [seen, edited] = (
    await Promise.all([before, after].map((data) => decode({ type: "float32", dims: [1, 3, 64, 64], data })))
  ).flat() as [RawPicture, RawPicture];
  const own = { ...seen, data: seen.data.map((value, index) => value ^ (index % 3)) };
  const request = create(encoder.DecodeImageRequestSchema, {
    target: { model: MODEL, outputPrefix: "kept/" },
    latents: await store([before, after], 1),
    sourceImage: await host.artifacts.writeBytes("own.png", await encodePng(own), "image/png"),
  });
  const { image } = await resultOf<MessageInitShape<typeof encoder.DecodeImageResultSchema>>(
    createDecodeImage(host)(request, host.context),
  );
  const made = await decodePng(await host.loadBytes(image as never));
  const wanted = keepUnchanged({ source: own, edited, seen }, THRESHOLDING);
  expect(Buffer.compare(made.data, wanted.data)).toBe(0);
  expect(Buffer.compare(made.data.subarray(0, 3000), own.data.subarray(0, 3000))).toBe(0);
});

it("refuses states of another number of pictures, and a model that has no editor", async () => {
  const model = await host.models.get(MODEL);
  const wrong = await host.artifacts.writeTensors("wrong.safetensors", {
    latents: float32Tensor(latentsOf(0, 2), [2, 3, 64, 64]),
    before: float32Tensor(latentsOf(0, 1), [1, 1, 3, 64, 64]),
  });
  await expect(readEditHistory(host.artifacts, wrong, { model, signal })).rejects.toMatchObject({
    code: "invalid_request",
    message: expect.stringContaining("does not fit latents [2, 3, 64, 64]") as string,
  });
  const tiny = await host.models.get("tiny");
  const file = await store(states(1), 1);
  await expect(readEditHistory(host.artifacts, file, { model: tiny, signal })).rejects.toMatchObject({
    code: "model_invalid",
  });
});
