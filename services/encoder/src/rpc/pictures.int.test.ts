import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { encoder } from "@kinora/contracts";
import { createTorchGenerator, samplePosterior } from "@kinora/diffusion";
import { decodePng, encodePng } from "@kinora/media";
import {
  assertNearGoldens,
  type GoldenCase,
  type GoldenTensor,
  goldenCases,
  openOnFixtures,
} from "@kinora/testing";
import { beforeAll, describe, expect, it } from "vitest";
import { createEncoderHost, type EncoderHost, resultOf } from "../testing/encoder-host.ts";
import { createDecodeImage } from "./decode-image.ts";
import { createEncodeImage } from "./encode-image.ts";

// What diffusers makes of the same pictures and latents: fixtures/golden/pipelines of packages/testing.

type Encoded = MessageInitShape<typeof encoder.EncodeImageResultSchema>;
type Decoded = MessageInitShape<typeof encoder.DecodeImageResultSchema>;

let host: EncoderHost;
beforeAll(async () => {
  const opened = await openOnFixtures(createEncoderHost);
  host = opened.host;
  return opened.close;
});

const named = (...kinds: GoldenCase["kind"][]) =>
  goldenCases(...kinds).map((golden) => [golden.name, golden] as const);

async function encodeSource(golden: GoldenCase, measureRoundTrip = false) {
  const request = create(encoder.EncodeImageRequestSchema, {
    target: { model: golden.pipeline, outputPrefix: `${golden.name}/${crypto.randomUUID()}/` },
    image: await host.storePicture(required(golden, "source_image")),
    measureRoundTrip,
    seed: BigInt(golden.request["seed"] as string),
    noiseAugStrength: Number(golden.request["noise_aug_strength"] ?? 0),
  });
  const result = await resultOf<Encoded>(createEncodeImage(host)(request, host.context));
  return { result, tensors: await host.loadTensors(result.latents as never) };
}

function required(golden: GoldenCase, name: string): GoldenTensor {
  const tensor = golden.tensor(name);
  if (tensor) return tensor;
  throw new Error(`${golden.name} has no ${name}.`);
}

describe("an edit's picture is encoded as diffusers does", () => {
  it.each(named("edit"))("%s", async (_, golden) => {
    const { tensors } = await encodeSource(golden);
    const [, ...shape] = required(golden, "image_latents").shape;
    expect(tensors["latents"]?.dims).toEqual([1, ...shape]);
    const expected = required(golden, "image_latents").data;
    // One for each picture of the request, all the same.
    const own = Array.from(tensors["latents"]?.data as Float32Array);
    const copies = expected.length / own.length;
    const latents = Array.from({ length: copies }, () => own).flat();
    assertNearGoldens(golden, { image_latents: [latents] });
  });
});

describe("a clip's picture is encoded as diffusers does", () => {
  it.each(named("image-to-video"))("%s", async (_, golden) => {
    const { tensors } = await encodeSource(golden);
    expect(tensors["latents"]?.dims).toEqual(required(golden, "image_latents").shape);
    expect(tensors["image_embeds"]?.dims).toEqual(required(golden, "image_embeds").shape);
    assertNearGoldens(golden, {
      image_latents: [tensors["latents"]?.data as Float32Array],
      image_embeds: [tensors["image_embeds"]?.data as Float32Array],
    });
  });
});

describe("a start picture's posterior is encoded as diffusers does", () => {
  it.each(named("image-to-image").filter(([, golden]) => golden.request["num_images"] === 1))(
    "%s",
    async (_, golden) => {
      const { tensors } = await encodeSource(golden);
      const parameters = tensors["latent_parameters"]?.data as Float32Array;
      const { randn } = createTorchGenerator(BigInt(golden.request["seed"] as string));
      const { scalingFactor, shiftFactor } = (await host.models.get(golden.pipeline)).pipeline.vae;
      const sampled = samplePosterior(parameters, randn).map(
        (value) => (value - shiftFactor) * scalingFactor,
      );
      assertNearGoldens(golden, { image_latents: [sampled] });
    },
  );
});

async function decode(model: string, latents: Parameters<EncoderHost["artifacts"]["writeTensors"]>[1]) {
  const prefix = `${model}/${crypto.randomUUID()}/`;
  const request = create(encoder.DecodeImageRequestSchema, {
    target: { model, outputPrefix: prefix },
    latents: await host.artifacts.writeTensors(`${prefix}latents`, latents),
  });
  const result = await resultOf<Decoded>(createDecodeImage(host)(request, host.context));
  const files = await Promise.all((result.images ?? []).map((image) => host.loadBytes(image as never)));
  return { result, pictures: await Promise.all(files.map(decodePng)) };
}

describe("latents are decoded as diffusers does", () => {
  it.each(
    named("text-to-image", "image-to-image", "edit").filter(([, golden]) => golden.tensor("images_uint8")),
  )("%s", async (_, golden) => {
    const { shape, data } = required(golden, "latents");
    const [calls = 1, ...dims] = shape;
    const last = Float32Array.from(data.subarray(-data.length / calls));
    const { result, pictures } = await decode(golden.pipeline, {
      latents: { type: "float32", dims, data: last },
    });
    expect(result.image).toEqual(result.images?.[0]);
    expect(pictures.map(({ height, width }) => [height, width, 3])).toEqual(
      pictures.map(() => required(golden, "images_uint8").shape.slice(1)),
    );
    assertNearGoldens(golden, { images_uint8: [pictures.flatMap((picture) => [...picture.data])] });
  });
});

it("sizes that the autoencoder does not divide are refused", async () => {
  const png = await encodePng({ data: new Uint8Array(60 * 64 * 3), width: 60, height: 64 });
  const request = create(encoder.EncodeImageRequestSchema, {
    target: { model: "tiny-sd", outputPrefix: "refused/" },
    image: await host.artifacts.writeBytes("refused.png", png, "image/png"),
  });
  await expect(resultOf(createEncodeImage(host)(request, host.context))).rejects.toMatchObject({
    code: "invalid_image",
    message: "The picture is 60x64; model tiny-sd takes multiples of 8 pixels.",
  });
});

it("latents of another model are refused", async () => {
  const data = new Float32Array(3 * 64);
  const latents = { type: "float32", dims: [1, 3, 8, 8], data } as const;
  await expect(decode("tiny-sd", { latents })).rejects.toMatchObject({ code: "invalid_request" });
});
