import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { ffprobe } from "./ffprobe.ts";

/** Every frame of a video, raw. */
export interface DecodedFrames {
  readonly width: number;
  readonly height: number;
  /** One buffer of width x height x 3 bytes, RGB, per frame in time order. */
  readonly frames: readonly Uint8Array[];
}

/** Decodes all frames of a video or picture with the ffmpeg on PATH, none dropped or repeated. */
export async function decodeFrames(path: string): Promise<DecodedFrames> {
  const video = (await ffprobe(path)).streams.find((stream) => stream.codec_type === "video");
  if (!video?.width || !video.height) throw new Error(`${path} has no video stream.`);
  const frameBytes = video.width * video.height * 3;
  const args = ["-v", "error", "-nostdin", "-i", path, "-fps_mode", "passthrough"];
  const { stdout } = await promisify(execFile)(
    "ffmpeg",
    // accurate_rnd: swscale's fast path alone costs several dB against the source.
    [...args, "-sws_flags", "accurate_rnd+full_chroma_int", "-f", "rawvideo", "-pix_fmt", "rgb24", "pipe:1"],
    { encoding: "buffer", maxBuffer: 2 ** 31 },
  );
  const frames: Uint8Array[] = [];
  for (let at = 0; at + frameBytes <= stdout.length; at += frameBytes) {
    frames.push(stdout.subarray(at, at + frameBytes));
  }
  return { width: video.width, height: video.height, frames };
}
