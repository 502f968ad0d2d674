import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { AppError } from "@kinora/errors";
import { encodePng, type Ffmpeg, readClip } from "@kinora/media";
import type { ObjectStore } from "@kinora/storage";
import type { JobWarning } from "../job-result.ts";
import { FRAMES_PER_KEY_FRAME, keyFrameCount } from "../plans/stages/interpolate.ts";
import type { UploadedClip } from "../validate-edit-request.ts";
import type { ClipMaker } from "./assert-model-kind.ts";
import { VIDEO } from "./edit-fields.ts";
import type { Gate } from "./picture-gate.ts";
import { storePicture } from "./store-job.ts";

/** Largest clip that is read, in bytes as sent. */
export const MAX_VIDEO_BYTES = 64 * 1024 * 1024;

/** Key frames below which a clip shows no motion. */
const MIN_KEY_FRAMES = 2;

/** A file of a request on disk, until the request is answered. */
export interface UploadedFile extends AsyncDisposable {
  /** Takes the bytes as they come. */
  write(body: Readable | Uint8Array): Promise<void>;
  /** Where they are; undefined while there are none. */
  readonly path: string | undefined;
}

/** A place for one file; disposing it deletes the file. */
export function createUploadedFile(): UploadedFile {
  let folder: string | undefined;
  const upload = {
    path: undefined as string | undefined,
    async write(body: Readable | Uint8Array) {
      folder = await mkdtemp(join(tmpdir(), "kinora-upload-"));
      const path = join(folder, "clip");
      if (body instanceof Uint8Array) await writeFile(path, body);
      else await pipeline(body, createWriteStream(path));
      upload.path = path;
    },
    async [Symbol.asyncDispose]() {
      if (folder !== undefined) await rm(folder, { recursive: true, force: true });
    },
  };
  return upload;
}

/** What reading uploads needs. */
export interface UploadPorts {
  readonly store: ObjectStore;
  /** The ffmpeg of this machine. Throws `capability_missing` when there is none. */
  readonly findFfmpeg: () => Promise<Ffmpeg>;
  /** Bounds how many are decoded at once. */
  readonly gate: Gate;
}

/** An uploaded file as the source of an edit: its key frames are stored as PNGs of the model's size. */
export async function openUploadedClip(
  path: string,
  tenant: string,
  { store, findFfmpeg, gate }: UploadPorts,
): Promise<UploadedClip> {
  return {
    sha256: await digestOf(path),
    async read(model, { whole }) {
      const ffmpeg = await findFfmpeg();
      const { frames, durationS } = await gate(() => readKeyFrames(path, ffmpeg, model));
      if (whole) assertReadWhole(durationS, model);
      const pictures = [];
      for (const frame of frames) pictures.push(await storePicture(store, tenant, await encodePng(frame)));
      const numFrames = Math.min(model.clip.numFrames, frames.length * FRAMES_PER_KEY_FRAME + 1);
      const shape = { numFrames, framesPerKeyFrame: FRAMES_PER_KEY_FRAME };
      return {
        source: { videoId: null, ...shape, latents: {}, pictures },
        warnings: warningsOf(durationS, model),
      };
    },
  };
}

async function readKeyFrames(path: string, ffmpeg: Ffmpeg, { clip }: ClipMaker) {
  const { width, height, fps, numFrames } = clip;
  const shape = { width, height, fps: fps / FRAMES_PER_KEY_FRAME, maxFrames: keyFrameCount(numFrames) };
  const read = await readClip(path, { ffmpeg, ...shape }).catch((error: unknown) => {
    if (!(error instanceof AppError) || error.code !== "invalid_video") throw error;
    throw new AppError(error.code, error.fields, { cause: error, param: VIDEO });
  });
  if (read.frames.length >= MIN_KEY_FRAMES) return read;
  const seconds = (MIN_KEY_FRAMES * FRAMES_PER_KEY_FRAME) / fps;
  const reason = `The video is too short; send one of at least ${seconds} seconds.`;
  throw new AppError("invalid_video", { reason }, { param: VIDEO });
}

function assertReadWhole(durationS: number, model: ClipMaker): void {
  if (!isCut(durationS, model)) return;
  const seconds = lengthS(model).toFixed(1);
  const reason = `The video is ${durationS.toFixed(1)} seconds long; of a clip that goes on, send the last ${seconds}.`;
  throw new AppError("invalid_video", { reason }, { param: VIDEO });
}

function lengthS({ clip }: ClipMaker): number {
  return clip.numFrames / clip.fps;
}

function isCut(durationS: number, model: ClipMaker): boolean {
  return durationS > lengthS(model) + 0.25;
}

function warningsOf(durationS: number, model: ClipMaker): JobWarning[] {
  const { name } = model;
  const readS = lengthS(model);
  if (!isCut(durationS, model)) return [];
  const message = `Model ${name} edits clips of ${readS.toFixed(1)} seconds: of the ${durationS.toFixed(1)} seconds that were sent, the rest was left out.`;
  return [{ code: "video_cut", message, values: [durationS.toFixed(1)] }];
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) hash.update(chunk);
  return hash.digest("hex");
}
