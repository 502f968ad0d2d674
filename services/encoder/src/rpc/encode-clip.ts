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
  type RawPicture,
} from "@kinora/media";
import { type ArtifactIo, createStageClock, type ModelServiceHost } from "@kinora/model-service";
import type { RpcContext } from "@kinora/runtime";
import { decodeFrames, prepareDecoding } from "../pixels/decode-frames.ts";
import { keepSources, readEditHistory } from "../pixels/edit-history.ts";

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
    // The stage counts as begun before anything of its inputs is read.
    yield { event: { case: "progress", value: { completed: 0, total: 0 } } };
    const model = await host.models.get(target.model);
    const history = await readEditHistory(host.artifacts, request.latents, { model, signal });
    const { latents, total } = history;
    const decoding = await prepareDecoding({ host, model, latents, clock, signal });
    const { width, height } = decoding;
    yield { event: { case: "progress", value: { completed: 0, total } } };

    const folder = await mkdtemp(join(tmpdir(), "kinora-clip-"));
    const ended = new AbortController();
    let clip: ClipEncoder | undefined;
    try {
      const outputPath = join(folder, "clip.mp4");
      const shape = { width, height, fps, expectedFrames: total };
      const whileWanted = AbortSignal.any([signal, ended.signal]);
      clip = createClipEncoder({ ffmpeg, ...shape, outputPath, signal: whileWanted });
      const previews = createClipPreviews(total);
      const frames = keepSources(decodeFrames(decoding), history);
      for await (const completed of encodeFrames(frames, total, { clip, previews })) {
        yield { event: { case: "progress", value: { completed, total } } };
      }
      const files = await storeFiles(host.artifacts, target.outputPrefix, { clip, previews });
      yield { event: { case: "result", value: { ...files, timings: clock.timings() } } };
    } finally {
      // Frames may end before the clip does, when the engine dies: ffmpeg would wait for more of them for ever.
      ended.abort();
      await clip?.done.catch(() => {});
      await rm(folder, { recursive: true, force: true });
    }
  };
}

interface ClipParts {
  readonly clip: ClipEncoder;
  readonly previews: ClipPreviewMaker;
}

/** Feeds every frame to ffmpeg and the previews; yields frames done, now and then. */
async function* encodeFrames(
  frames: AsyncIterable<RawPicture>,
  total: number,
  { clip, previews }: ClipParts,
): AsyncGenerator<number> {
  let completed = 0;
  for await (const picture of frames) {
    previews.add(picture);
    await clip.writeFrame(picture.data);
    completed += 1;
    if (completed % PROGRESS_FRAMES === 0 || completed === total) yield completed;
  }
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
