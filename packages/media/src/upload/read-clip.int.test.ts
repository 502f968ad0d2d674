import { execFile } from "node:child_process";
import { truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { type TemporaryFolder, temporaryFolder } from "@kinora/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createClipEncoder } from "../clip/create-clip-encoder.ts";
import { findFfmpeg, type SystemFfmpeg } from "../clip/find-ffmpeg.ts";
import { smoothFrame } from "../clip/smooth-frame.ts";
import { parseFfmpegLog } from "./ffmpeg-log.ts";
import { readClip } from "./read-clip.ts";
import { sniffClip } from "./sniff-clip.ts";

let folder: TemporaryFolder;
let ffmpeg: SystemFfmpeg;
beforeAll(async () => {
  folder = await temporaryFolder("read-clip");
  const found = await findFfmpeg();
  if (!found.canReadUploads) throw new Error("These tests need ffmpeg on PATH: apt-get install ffmpeg.");
  ffmpeg = found;
});
afterAll(() => folder.remove());

const at = (name: string) => join(folder.path, name);
const make = (name: string, ...args: string[]) =>
  promisify(execFile)("ffmpeg", ["-v", "error", "-y", ...args, at(name)]).then(() => at(name));
const source = (size: string, seconds: number, rate = 5) => [
  ...["-f", "lavfi", "-i", `testsrc2=size=${size}:rate=${rate}:duration=${seconds}`],
];
const X264 = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"];
const read = (path: string, options = {}) =>
  readClip(path, { ffmpeg, width: 64, height: 64, fps: 4, maxFrames: 16, ...options });

describe("readClip", () => {
  it("takes frame n of a second's quarters from a clip of ours, cropped to the aspect", async () => {
    const outputPath = at("ours.mp4");
    const shape = { width: 128, height: 64, fps: 16, expectedFrames: 65 };
    const encoder = createClipEncoder({ ffmpeg, ...shape, outputPath });
    for (let n = 0; n < 65; n += 1) await encoder.writeFrame(smoothFrame(n, 128, 64));
    await encoder.finish();
    const { frames, durationS } = await read(outputPath);
    expect(durationS).toBeCloseTo(4.06, 1);
    expect(frames).toHaveLength(16);
    for (const [index, { data }] of frames.entries()) {
      const whole = smoothFrame(index * 4, 128, 64);
      let error = 0;
      for (let y = 0; y < 64; y += 1) {
        for (let x = 0; x < 64 * 3; x += 1)
          error += Math.abs((data[y * 192 + x] ?? 0) - (whole[y * 384 + 96 + x] ?? 0));
      }
      expect(error / data.length).toBeLessThan(1.5);
    }
  });

  it("reads clips with sound, of few frames a second, and shorter than asked", async () => {
    const sound = ["-f", "lavfi", "-i", "sine=duration=2"];
    const path = await make(
      "sound.mp4",
      ...source("96x64", 2, 3),
      ...sound,
      ...X264,
      "-c:a",
      "aac",
      "-shortest",
    );
    const { frames, durationS } = await read(path);
    expect(frames.length).toBeGreaterThanOrEqual(7);
    expect(frames.length).toBeLessThanOrEqual(9);
    expect(durationS).toBeCloseTo(2, 1);
  });

  it.each<[string, RegExp, () => Promise<string>]>([
    ["nothing", /is empty/, () => writeFile(at("empty.mp4"), "").then(() => at("empty.mp4"))],
    [
      "text",
      /looks like text/,
      () => writeFile(at("text.mp4"), "this is no video at all").then(() => at("text.mp4")),
    ],
    [
      "an HLS playlist",
      /looks like an HLS playlist/,
      () =>
        writeFile(
          at("hls.mp4"),
          "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nhttp://127.0.0.1/a.ts\n",
        ).then(() => at("hls.mp4")),
    ],
    [
      "a list of files",
      /looks like a list of files/,
      () =>
        writeFile(at("concat.mp4"), "ffconcat version 1.0\nfile /etc/passwd\n").then(() => at("concat.mp4")),
    ],
    [
      "a playlist behind the head of an MP4",
      /damaged|no pictures/,
      () =>
        writeFile(at("mask.mp4"), "\0\0\0\x18ftypisom\n#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n").then(() =>
          at("mask.mp4"),
        ),
    ],
    [
      "half an MP4",
      /damaged or cut off/,
      async () => {
        const path = await make("half.mp4", ...source("96x64", 2), ...X264);
        await truncate(path, 900);
        return path;
      },
    ],
    ["Matroska", /looks like WebM or Matroska/, () => make("a.mkv", ...source("96x64", 1), ...X264)],
    [
      "another codec",
      /not H.264/,
      () => make("ffv1.mov", ...source("96x64", 1), "-c:v", "mpeg4", "-f", "mp4"),
    ],
    [
      "sound alone",
      /no pictures/,
      () => make("sound-only.mp4", "-f", "lavfi", "-i", "sine=duration=1", "-c:a", "aac"),
    ],
    ["half an hour", /1800 seconds long/, () => make("long.mp4", ...source("32x32", 1800, 1), ...X264)],
    [
      "8192 x 8192 pixels",
      /8192 x 8192|damaged/,
      () => make("wide.mp4", "-f", "lavfi", "-i", "color=size=8192x8192:rate=1:duration=1", ...X264),
    ],
  ])("refuses %s", async (_, says, file) => {
    const path = await file();
    const startedAt = performance.now();
    const error: unknown = await read(path).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "invalid_video", message: expect.stringMatching(says) });
    expect(performance.now() - startedAt).toBeLessThan(10_000);
  });

  it("does not let the npm package's old ffmpeg see an upload", async () => {
    const npm = { ...ffmpeg, source: "npm", canReadUploads: false } as const;
    await expect(read(at("any"), { ffmpeg: npm })).rejects.toMatchObject({
      code: "capability_missing",
      message: expect.stringMatching(/install ffmpeg/),
    });
  });

  it("stops when nobody waits any more", async () => {
    const path = await make("stop.mp4", ...source("96x64", 1), ...X264);
    const reason = new Error("enough");
    await expect(read(path, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });
});

describe("sniffClip and parseFfmpegLog", () => {
  it("tell files by their first bytes", () => {
    expect(sniffClip(Buffer.from("\0\0\0\x20ftypisom\0\0\0\0", "latin1"))).toEqual({ isMp4: true });
    expect(sniffClip(Buffer.from("\x1aE\xdf\xa3", "latin1"))).toEqual({ looksLike: "WebM or Matroska" });
    expect(sniffClip(Buffer.from([0, 1, 2, 3]))).toEqual({ looksLike: "no video" });
  });

  it("read what ffmpeg says of a file", () => {
    const log =
      "Input #0, mov,mp4, from 'x':\n  Duration: 00:30:00.50, start: 0.000000\n" +
      "  Stream #0:0[0x1](und): Video: h264 (High) (avc1 / 0x31637661), yuv420p, 8192x4096 [SAR 1:1], 1 kb/s\n";
    expect(parseFfmpegLog(log)).toEqual({ durationS: 1800.5, width: 8192, height: 4096, hasVideo: true });
    expect(parseFfmpegLog("nothing")).toEqual({
      ...{ durationS: undefined, width: undefined, height: undefined, hasVideo: false },
    });
  });
});
