import type { MessageInitShape } from "@bufbuild/protobuf";
import type { encoder } from "@kinora/contracts";
import { AppError } from "@kinora/errors";
import { decodePng, encodePng } from "@kinora/media";
import { type ArtifactInit, createStageClock, type ModelServiceHost } from "@kinora/model-service";
import type { RpcContext } from "@kinora/runtime";
import { decodePictures } from "../pixels/decode-pictures.ts";
import { keepSources, readEditHistory } from "../pixels/edit-history.ts";

type Response = MessageInitShape<typeof encoder.DecodeImageResponseSchema>;

/** Handler of DecodeImage: latents to PNGs, one per picture; what edits hardly changed keeps the source's bytes. */
export function createDecodeImage(host: ModelServiceHost) {
  return async function* decodeImage(
    { target, latents: artifact, sourceImage }: encoder.DecodeImageRequest,
    { signal }: RpcContext,
  ): AsyncGenerator<Response> {
    const clock = createStageClock();
    if (!target) throw new AppError("invalid_request", { reason: "target is missing." });
    // The stage counts as begun before anything of its inputs is read.
    yield { event: { case: "progress", value: { completed: 0, total: 0 } } };
    const model = await host.models.get(target.model);
    const history = await readEditHistory(host.artifacts, artifact, { model, signal });
    const { latents, total } = history;
    const source =
      sourceImage && (await decodePng(await host.artifacts.readBytes(sourceImage, "source_image", signal)));
    yield { event: { case: "progress", value: { completed: 0, total } } };
    const images: ArtifactInit[] = [];
    const decoded = decodePictures(host, latents, { model, clock, signal });
    for await (const picture of keepSources(decoded, history, source)) {
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
