import type { MessageInitShape } from "@bufbuild/protobuf";
import type { encoder } from "@kinora/contracts";
import { AppError } from "@kinora/errors";
import { requireTensor } from "@kinora/inference";
import { decodePng, type RawPicture } from "@kinora/media";
import {
  createStageClock,
  fixedDimensions,
  type ModelServiceHost,
  type ServedModel,
} from "@kinora/model-service";
import type { RpcContext } from "@kinora/runtime";
import { decodePicture } from "../pixels/decode-picture.ts";
import { psnrDb, toPictureTensor } from "../pixels/picture-tensor.ts";

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
    const session = await model.session("vae_encoder");
    assertModelSize(model, picture, fixedDimensions(session, "sample", 2));
    const feeds = { sample: toPictureTensor(picture) };
    const outputs = await host.engine.run(session, feeds, { signal, onComputed: clock.onComputed });
    const tensor = requireTensor(outputs, "latent_sample", {
      type: "float32",
      rank: 4,
      what: "The output of vae_encoder",
    });
    const latents = await host.artifacts.writeTensors(`${target.outputPrefix}first-frame.safetensors`, {
      latents: tensor,
    });
    if (!request.measureRoundTrip) {
      yield { event: { case: "result", value: { latents, timings: clock.timings() } } };
      return;
    }
    const decoded = await decodePicture(host, tensor, { model, clock, signal });
    const roundTripPsnrDb = psnrDb(picture.data, decoded.data);
    const value = {
      latents,
      roundTripPsnrDb,
      warnings: warningsOf(roundTripPsnrDb),
      timings: clock.timings(),
    };
    yield { event: { case: "result", value } };
  };
}

function assertModelSize(model: ServedModel, picture: RawPicture, [height = 0, width = 0]: number[]): void {
  if (picture.width === width && picture.height === height) return;
  throw new AppError("invalid_image", {
    reason: `The picture is ${picture.width}x${picture.height}; model ${model.folder.name} takes ${width}x${height}.`,
  });
}

function warningsOf(roundTripPsnrDb: number) {
  if (roundTripPsnrDb >= DOMAIN_PSNR_DB) return [];
  const message =
    `The picture is unlike those the model was trained on: it comes back from the autoencoder at ` +
    `${roundTripPsnrDb.toFixed(1)} dB (${DOMAIN_PSNR_DB} or more is good). The clip may look unlike it.`;
  return [{ code: "picture_outside_model_domain", message, values: [roundTripPsnrDb.toFixed(1)] }];
}
