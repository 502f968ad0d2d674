import type { MessageInitShape } from "@bufbuild/protobuf";
import type { encoder } from "@kinora/contracts";
import { AppError } from "@kinora/errors";
import { decodePng, type RawPicture } from "@kinora/media";
import {
  createStageClock,
  fixedDimensions,
  type ModelServiceHost,
  type ServedModel,
} from "@kinora/model-service";
import type { RpcContext } from "@kinora/runtime";
import { decodePictures } from "../pixels/decode-pictures.ts";
import { encodePicture } from "../pixels/encode-picture.ts";
import { psnrDb } from "../pixels/picture-tensor.ts";

type Response = MessageInitShape<typeof encoder.EncodeImageResponseSchema>;

/** A picture that comes back worse than this from the autoencoder is unlike what the model knows. */
const DOMAIN_PSNR_DB = 22;

/** Handler of EncodeImage: a PNG of the model's size to the first frame's latents. */
export function createEncodeImage(host: ModelServiceHost) {
  return async function* encodeImage(
    request: encoder.EncodeImageRequest,
    { signal }: RpcContext,
  ): AsyncGenerator<Response> {
    const clock = createStageClock();
    const { target } = request;
    if (!target) throw new AppError("invalid_request", { reason: "target is missing." });
    yield { event: { case: "progress", value: { completed: 0, total: 1 } } };

    const model = await host.models.get(target.model);
    const picture = await decodePng(await host.artifacts.readBytes(request.image, "image", signal));
    await assertModelSize(model, picture);
    const { seed, noiseAugStrength } = request;
    const run = { host, model, picture, seed, noiseAugStrength, clock, signal };
    const { tensors, decodable } = await encodePicture(run);
    const latents = await host.artifacts.writeTensors(
      `${target.outputPrefix}first-frame.safetensors`,
      tensors,
    );
    if (!request.measureRoundTrip) {
      yield { event: { case: "result", value: { latents, timings: clock.timings() } } };
      return;
    }
    const decoded = await decodePictures(host, decodable, { model, clock, signal }).next();
    if (decoded.done) throw new Error("The latents held no picture. This is a bug.");
    const roundTripPsnrDb = psnrDb(picture.data, decoded.value.data);
    const value = {
      latents,
      roundTripPsnrDb,
      warnings: warningsOf(roundTripPsnrDb),
      timings: clock.timings(),
    };
    yield { event: { case: "result", value } };
  };
}

/** Our own encoder takes one size, diffusers' take every multiple of what a latent stands for. */
async function assertModelSize(model: ServedModel, { width, height }: RawPicture): Promise<void> {
  const { kind, vae } = model.pipeline;
  let expected = `multiples of ${vae.scaleFactor} pixels`;
  if (kind === "pocket") {
    const [rows, columns] = fixedDimensions(await model.session("vae_encoder"), "sample", 2);
    if (width === columns && height === rows) return;
    expected = `${columns}x${rows}`;
  } else if (width % vae.scaleFactor === 0 && height % vae.scaleFactor === 0) return;
  throw new AppError("invalid_image", {
    reason: `The picture is ${width}x${height}; model ${model.folder.name} takes ${expected}.`,
  });
}

function warningsOf(roundTripPsnrDb: number) {
  if (roundTripPsnrDb >= DOMAIN_PSNR_DB) return [];
  const message =
    `The picture is unlike those the model was trained on: it comes back from the autoencoder at ` +
    `${roundTripPsnrDb.toFixed(1)} dB (${DOMAIN_PSNR_DB} or more is good). The clip may look unlike it.`;
  return [{ code: "picture_outside_model_domain", message, values: [roundTripPsnrDb.toFixed(1)] }];
}
