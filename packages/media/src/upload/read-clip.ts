import { open } from "node:fs/promises";
import { AppError } from "@kinora/errors";
import type { Ffmpeg } from "../clip/find-ffmpeg.ts";
import type { RawPicture } from "../picture/raw-picture.ts";
import { type ClipFacts, parseFfmpegLog } from "./ffmpeg-log.ts";
import { DECODE_TIMEOUT_MS, runDecoder } from "./run-decoder.ts";
import { SNIFFED_BYTES, sniffClip } from "./sniff-clip.ts";

/** How an uploaded clip is read. */
export interface ReadClipOptions {
  readonly ffmpeg: Ffmpeg;
  /** Size of the frames in pixels: the clip is cropped around its centre to the aspect, and resized. */
  readonly width: number;
  readonly height: number;
  /** Frames taken from each second, from the clip's start. */
  readonly fps: number;
  /** Frames after which the rest is left alone. */
  readonly maxFrames: number;
  readonly signal?: AbortSignal | undefined;
}

/** What an uploaded clip shows. */
export interface ReadClip {
  /** At least one frame, at most `maxFrames`, in time order. */
  readonly frames: readonly RawPicture[];
  /** Length of the whole clip in seconds, as the file says. */
  readonly durationS: number;
}

/** Longest clip that is looked at. */
export const MAX_CLIP_S = 30;
/** Most pixels of a frame, 3840 x 2160: ffmpeg takes 160 MB, and more than it may have where a clip refers to 16 frames. */
export const MAX_FRAME_PIXELS = 8_294_400;

/** Without accurate rounding all colours come out two levels darker. */
const SWS_FLAGS = "lanczos+accurate_rnd+full_chroma_int+full_chroma_inp";
/** Up to 1920 x 1080 every clip fits into the decoder's memory. */
const SURE_FRAME_PIXELS = 2_073_600;
const ADVICE = "send an MP4 (H.264) of at most 30 seconds";

/**
 * Reads frames of an untrusted MP4 by the operator's own ffmpeg, in a child with bounds on time and
 * memory that may open that one file, as MP4, and decode H.264 only. Throws `invalid_video`, saying
 * what was wrong and what would be right, and `capability_missing` where ffmpeg is only the npm
 * package's: that build is of 2018 and must not see what users send.
 */
export async function readClip(path: string, options: ReadClipOptions): Promise<ReadClip> {
  const { ffmpeg, width, height } = options;
  assertMayRead(ffmpeg);
  await assertMp4(path);
  const { pixels, log, ended } = await runDecoder(ffmpeg.path, decoderArguments(path, options), {
    maxBytes: width * height * 3 * options.maxFrames,
    signal: options.signal,
  });
  const facts = parseFfmpegLog(log);
  assertAcceptable(facts, ended);
  const frames = cutPictures(pixels, width, height);
  if (ended !== "done" || frames.length === 0) throw refusal(undecodable(facts));
  return { frames, durationS: facts.durationS ?? frames.length / options.fps };
}

/** Throws `capability_missing`, with what to install, unless this ffmpeg may read what users send. */
export function assertMayRead(ffmpeg: Ffmpeg): void {
  if (ffmpeg.canReadUploads) return;
  const reason = "install ffmpeg (apt-get install ffmpeg), or set KINORA_FFMPEG to its path";
  throw new AppError("capability_missing", { capability: "Reading uploaded videos", reason });
}

async function assertMp4(path: string): Promise<void> {
  await using file = await open(path);
  const head = Buffer.alloc(SNIFFED_BYTES);
  const { bytesRead } = await file.read(head, 0, SNIFFED_BYTES, 0);
  if (bytesRead === 0) throw refusal(`The video is empty; ${ADVICE}.`);
  const sniffed = sniffClip(head.subarray(0, bytesRead));
  if ("looksLike" in sniffed) throw refusal(`The file looks like ${sniffed.looksLike}; ${ADVICE}.`);
}

function decoderArguments(path: string, { width, height, fps, maxFrames }: ReadClipOptions): string[] {
  const fit = `scale=${width}:${height}:force_original_aspect_ratio=increase:flags=${SWS_FLAGS},format=rgb24`;
  return [
    ["-nostdin", "-hide_banner", "-loglevel", "info", "-nostats"],
    // A frame that cannot be decoded ends it; otherwise those before would stand for the whole.
    ["-xerror"],
    // The one file, as the one format, by the one decoder: no playlists, no references, no network.
    ["-protocol_whitelist", "file", "-format_whitelist", "mov,mp4,m4a,3gp,3g2,mj2"],
    ["-codec_whitelist", "h264", "-max_pixels", String(MAX_FRAME_PIXELS), "-max_alloc", "268435456"],
    // A little more than is wanted: the file's own length is judged by what it says.
    ["-threads", "1", "-t", String(MAX_CLIP_S), "-f", "mov", "-i", `file:${path}`],
    ["-map", "0:v:0", "-an", "-sn", "-dn"],
    // Rounded up: the frame that is shown at each instant, not the one before the next.
    [
      "-vf",
      `fps=${fps}:start_time=0:round=up,${fit},crop=${width}:${height}`,
      "-frames:v",
      String(maxFrames),
    ],
    ["-f", "rawvideo", "-pix_fmt", "rgb24", "-threads", "1", "pipe:1"],
  ].flat();
}

function assertAcceptable(facts: ClipFacts, ended: "done" | "failed" | "timeout"): void {
  const { durationS, width, height, hasVideo } = facts;
  if (durationS !== undefined && durationS > MAX_CLIP_S) {
    throw refusal(`The video is ${Math.round(durationS)} seconds long; ${ADVICE}.`);
  }
  if (width !== undefined && height !== undefined && width * height > MAX_FRAME_PIXELS) {
    throw refusal(`The video has ${width} x ${height} pixels; send one of at most 3840 x 2160.`);
  }
  if (!hasVideo && durationS !== undefined) throw refusal(`The file holds no pictures; ${ADVICE}.`);
  if (ended === "timeout") {
    throw refusal(`The video takes longer than ${DECODE_TIMEOUT_MS / 1000} s to decode; send a smaller one.`);
  }
}

/** ffmpeg does not say reliably that it had too little memory. */
function undecodable({ width = 0, height = 0 }: ClipFacts): string {
  if (width * height <= SURE_FRAME_PIXELS) {
    return `The video is damaged or cut off, or is not H.264; ${ADVICE}.`;
  }
  return `The video is damaged, is not H.264, or takes too much memory to decode; ${ADVICE}, 1920 x 1080 pixels or less.`;
}

function cutPictures(pixels: Uint8Array, width: number, height: number): RawPicture[] {
  const bytes = width * height * 3;
  return Array.from({ length: Math.floor(pixels.length / bytes) }, (_, index) => ({
    data: pixels.subarray(index * bytes, (index + 1) * bytes),
    width,
    height,
  }));
}

function refusal(reason: string): AppError {
  return new AppError("invalid_video", { reason });
}
