import { createReadStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { MessageInitShape } from "@bufbuild/protobuf";
import type { encoder } from "@kinora/contracts";
import { AppError } from "@kinora/errors";
import {
  type ClipEncoder,
  createClipEncoder,
  encodeSpritesheet,
  encodeThumbnail,
  type Ffmpeg,
  type RawPicture,
  spritesheetFrames,
} from "@kinora/media";
import { createStageClock, type ModelServiceHost } from "@kinora/model-service";
import type { RpcContext } from "@kinora/runtime";
import { decodeFrames, type FrameDecoding, prepareDecoding } from "../pixels/decode-frames.ts";

type Response = MessageInitShape<typeof encoder.EncodeClipResponseSchema>;

/** Handler of EncodeClip: frames flow from the decoder into ffmpeg while the next ones are computed. */
export function createEncodeClip(host: ModelServiceHost, ffmpeg: Ffmpeg) {
  return async function* encodeClip(
    request: encoder.EncodeClipRequest,
    { signal }: RpcContext,
  ): AsyncGenerator<Response> {
    const clock = createStageClock();
    const { target, fps } = request;
    if (!target) throw new AppError("invalid_request", { reason: "target is missing." });
    const model = await host.models.get(target.model);
    const latents = await host.artifacts.readTensor(request.latents, "latents", signal);
    const decoding = await prepareDecoding({ host, model, latents, clock, signal });
    const { total, width, height } = decoding;
    yield { event: { case: "progress", value: { completed: 0, total } } };

    const folder = await mkdtemp(join(tmpdir(), "kinora-clip-"));
    try {
      const outputPath = join(folder, "clip.mp4");
      const clip = createClipEncoder({
        ffmpeg,
        width,
        height,
        fps,
        expectedFrames: total,
        outputPath,
        signal,
      });
      const shown = new Map<number, RawPicture>();
      for await (const completed of encodeFrames(decoding, clip, shown)) {
        yield { event: { case: "progress", value: { completed, total } } };
      }
      const previews = await makePreviews(total, shown);
      await clip.finish();
      const write = host.artifacts.writeBytes;
      const value = {
        video: await host.artifacts.writeStream(
          `${target.outputPrefix}clip.mp4`,
          createReadStream(outputPath),
          "video/mp4",
        ),
        thumbnail: await write(`${target.outputPrefix}thumbnail.webp`, previews.thumbnail, "image/webp"),
        spritesheet: await write(`${target.outputPrefix}spritesheet.jpg`, previews.spritesheet, "image/jpeg"),
        timings: clock.timings(),
      };
      yield { event: { case: "result", value } };
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  };
}

/** Feeds every frame to ffmpeg and keeps the ones that previews show; yields frames done. */
async function* encodeFrames(
  decoding: FrameDecoding,
  clip: ClipEncoder,
  shown: Map<number, RawPicture>,
): AsyncGenerator<number> {
  const wanted = new Set([0, ...spritesheetFrames(decoding.total)]);
  for await (const { index, picture } of decodeFrames(decoding)) {
    if (wanted.has(index)) shown.set(index, picture);
    await clip.writeFrame(picture.data);
    yield index + 1;
  }
}

async function makePreviews(total: number, shown: ReadonlyMap<number, RawPicture>) {
  const frame = (index: number): RawPicture => {
    const picture = shown.get(index);
    if (!picture) throw new Error(`Frame ${index} was not kept. This is a bug.`);
    return picture;
  };
  return {
    thumbnail: await encodeThumbnail(frame(0)),
    spritesheet: await encodeSpritesheet(spritesheetFrames(total).map(frame)),
  };
}
