import type { MessageInitShape } from "@bufbuild/protobuf";
import type { encoder } from "@kinora/contracts";
import { AppError } from "@kinora/errors";
import { encodePng } from "@kinora/media";
import { type ArtifactInit, createStageClock, type ModelServiceHost } from "@kinora/model-service";
import type { RpcContext } from "@kinora/runtime";
import { decodePictures } from "../pixels/decode-pictures.ts";

type Response = MessageInitShape<typeof encoder.DecodeImageResponseSchema>;

/** Handler of DecodeImage: latents to PNGs, one per picture. */
export function createDecodeImage(host: ModelServiceHost) {
  return async function* decodeImage(
    { target, latents }: encoder.DecodeImageRequest,
    { signal }: RpcContext,
  ): AsyncGenerator<Response> {
    const clock = createStageClock();
    if (!target) throw new AppError("invalid_request", { reason: "target is missing." });
    const model = await host.models.get(target.model);
    const tensor = await host.artifacts.readTensor(latents, "latents", signal);
    const total = tensor.dims[0] ?? 0;
    yield { event: { case: "progress", value: { completed: 0, total } } };
    const images: ArtifactInit[] = [];
    for await (const picture of decodePictures(host, tensor, { model, clock, signal })) {
      const png = await encodePng(picture);
      const name = images.length === 0 ? "keyframe.png" : `picture-${images.length + 1}.png`;
      images.push(await host.artifacts.writeBytes(`${target.outputPrefix}${name}`, png, "image/png"));
      yield { event: { case: "progress", value: { completed: images.length, total } } };
    }
    const [image] = images;
    if (!image) throw new AppError("invalid_request", { reason: "latents hold no picture." });
    yield { event: { case: "result", value: { image, images, timings: clock.timings() } } };
  };
}
