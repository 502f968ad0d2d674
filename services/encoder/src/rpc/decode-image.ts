import type { MessageInitShape } from "@bufbuild/protobuf";
import type { encoder } from "@kinora/contracts";
import { AppError } from "@kinora/errors";
import { encodePng } from "@kinora/media";
import { createStageClock, type ModelServiceHost } from "@kinora/model-service";
import type { RpcContext } from "@kinora/runtime";
import { decodePicture } from "../pixels/decode-picture.ts";

type Response = MessageInitShape<typeof encoder.DecodeImageResponseSchema>;

/** Handler of DecodeImage: one picture's latents to a PNG. */
export function createDecodeImage(host: ModelServiceHost) {
  return async function* decodeImage(
    { target, latents }: encoder.DecodeImageRequest,
    { signal }: RpcContext,
  ): AsyncGenerator<Response> {
    const clock = createStageClock();
    if (!target) throw new AppError("invalid_request", { reason: "target is missing." });
    yield { event: { case: "progress", value: { completed: 0, total: 1 } } };

    const model = await host.models.get(target.model);
    const tensor = await host.artifacts.readTensor(latents, "latents", signal);
    const picture = await decodePicture(host, tensor, { model, clock, signal });
    const png = await encodePng(picture);
    const image = await host.artifacts.writeBytes(`${target.outputPrefix}keyframe.png`, png, "image/png");
    yield { event: { case: "result", value: { image, timings: clock.timings() } } };
  };
}
