import { createReadStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { MessageInitShape } from "@bufbuild/protobuf";
import type { encoder } from "@kinora/contracts";
import { AppError } from "@kinora/errors";
import {
  type ClipEncoder,
  type ClipPreviewMaker,
  createClipEncoder,
  createClipPreviews,
  type Ffmpeg,
} from "@kinora/media";
import { type ArtifactIo, createStageClock, type ModelServiceHost } from "@kinora/model-service";
import type { RpcContext } from "@kinora/runtime";
import { decodeFrames, type FrameDecoding, prepareDecoding } from "../pixels/decode-frames.ts";

type Response = MessageInitShape<typeof encoder.EncodeClipResponseSchema>;

/** Frames between two progress messages: each costs as much as a tenth of a frame. */
const PROGRESS_FRAMES = 5;

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
      const shape = { width, height, fps, expectedFrames: total };
      const clip = createClipEncoder({ ffmpeg, ...shape, outputPath, signal });
      const previews = createClipPreviews(total);
      for await (const completed of encodeFrames(decoding, clip, previews)) {
        yield { event: { case: "progress", value: { completed, total } } };
      }
      const files = await storeFiles(host.artifacts, target.outputPrefix, { clip, previews });
      yield { event: { case: "result", value: { ...files, timings: clock.timings() } } };
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  };
}

/** Feeds every frame to ffmpeg and the previews; yields frames done, now and then. */
async function* encodeFrames(
  decoding: FrameDecoding,
  clip: ClipEncoder,
  previews: ClipPreviewMaker,
): AsyncGenerator<number> {
  for await (const { index, picture } of decodeFrames(decoding)) {
    previews.add(picture);
    await clip.writeFrame(picture.data);
    const completed = index + 1;
    if (completed % PROGRESS_FRAMES === 0 || completed === decoding.total) yield completed;
  }
}

interface ClipParts {
  readonly clip: ClipEncoder;
  readonly previews: ClipPreviewMaker;
}

/** Finishes and stores the parts side by side; ffmpeg is gone when this settles, however it does. */
async function storeFiles({ writeBytes, writeStream }: ArtifactIo, prefix: string, parts: ClipParts) {
  const previews = parts.previews.finish();
  const storing = [
    parts.clip
      .finish()
      .then(({ path }) => writeStream(`${prefix}clip.mp4`, createReadStream(path), "video/mp4")),
    previews.then(({ thumbnail }) => writeBytes(`${prefix}thumbnail.webp`, thumbnail, "image/webp")),
    previews.then(({ spritesheet }) => writeBytes(`${prefix}spritesheet.jpg`, spritesheet, "image/jpeg")),
  ] as const;
  await Promise.allSettled(storing);
  const [video, thumbnail, spritesheet] = await Promise.all(storing);
  return { video, thumbnail, spritesheet };
}
