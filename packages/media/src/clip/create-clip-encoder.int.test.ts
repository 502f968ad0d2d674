import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import { AppError } from "@kinora/errors";
import { decodeFrames, ffprobe, type TemporaryFolder, temporaryFolder } from "@kinora/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ClipEncoder, type ClipEncoderOptions, createClipEncoder } from "./create-clip-encoder.ts";
import { type Ffmpeg, findFfmpeg } from "./find-ffmpeg.ts";
import { npmFfmpeg } from "./npm-ffmpeg.ts";
import { smoothFrame } from "./smooth-frame.ts";

let folder: TemporaryFolder;
let system: Ffmpeg;
let npm: Ffmpeg;
const frames = Array.from({ length: 65 }, (_, n) => smoothFrame(n, 512, 512));

beforeAll(async () => {
  folder = await temporaryFolder("clip");
  system = await findFfmpeg();
  npm = await npmFfmpeg();
});
afterAll(() => folder.remove());

function encoderFor(name: string, options: Partial<ClipEncoderOptions> = {}): ClipEncoder {
  const shape = { width: 512, height: 512, fps: 16, expectedFrames: 65 };
  return createClipEncoder({ ffmpeg: system, ...shape, outputPath: join(folder.path, name), ...options });
}

async function encode(name: string, options: Partial<ClipEncoderOptions> = {}) {
  const encoder = encoderFor(name, options);
  for (const frame of frames) await encoder.writeFrame(frame);
  return encoder.finish();
}

const failureOf = (promise: Promise<unknown>): Promise<{ code?: string; message: string }> =>
  promise.then(
    () => ({ message: "no error" }),
    (error) => (error instanceof AppError ? { code: error.code, message: error.message } : error),
  );

/** Names of the outermost MP4 boxes, in order. */
function boxes(file: Buffer): string[] {
  const names: string[] = [];
  for (let at = 0; at < file.length; at += file.readUInt32BE(at)) {
    names.push(file.toString("latin1", at + 4, at + 8));
  }
  return names;
}

function psnr(a: Uint8Array, b: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i += 1) sum += ((a[i] ?? 0) - (b[i] ?? 0)) ** 2;
  return 10 * Math.log10(255 ** 2 / (sum / a.length));
}

describe.each(["system", "npm"] as const)("with the %s ffmpeg", (which) => {
  const ffmpeg = () => (which === "system" ? system : npm);

  test("65 frames become an H.264 MP4 of exactly 65 frames at 16 per second", async () => {
    const clip = await encode(`${which}.mp4`, { ffmpeg: ffmpeg() });
    expect(clip).toMatchObject({ frames: 65, durationS: 4.0625 });
    const probe = await ffprobe(clip.path);
    expect(probe.streams).toHaveLength(1);
    expect(probe.streams[0]).toMatchObject({
      codec_name: "h264",
      pix_fmt: "yuv420p",
      width: 512,
      height: 512,
      r_frame_rate: "16/1",
      avg_frame_rate: "16/1",
      nb_frames: "65",
      nb_read_frames: "65",
      color_space: "bt709",
      color_range: "tv",
      has_b_frames: 0,
    });
    expect(Number(probe.streams[0]?.duration)).toBe(4.0625);
    expect(Number(probe.streams[0]?.start_time)).toBe(0);
    const file = await readFile(clip.path);
    expect(file.length).toBe(clip.sizeBytes);
    const order = boxes(file).filter((name) => name === "moov" || name === "mdat");
    expect(order).toEqual(["moov", "mdat"]);
  });

  test("decoded frames are the source's, in order, above 35 dB", async () => {
    const decoded = await decodeFrames(join(folder.path, `${which}.mp4`));
    expect(decoded.frames).toHaveLength(65);
    for (const [n, frame] of decoded.frames.entries()) {
      expect(psnr(frame, frames[n] ?? new Uint8Array())).toBeGreaterThan(35);
    }
    // The measure can tell neighbours apart.
    expect(psnr(decoded.frames[0] ?? new Uint8Array(), frames[20] ?? new Uint8Array())).toBeLessThan(35);
  });

  test("the same frames give the same bytes", async () => {
    const again = await encode(`${which}-again.mp4`, { ffmpeg: ffmpeg() });
    expect(await readFile(again.path)).toEqual(await readFile(join(folder.path, `${which}.mp4`)));
  });
});

test("a stream of odd chunks gives the bytes of whole frames", async () => {
  const all = Buffer.concat(frames);
  const chunks = function* () {
    for (let at = 0; at < all.length; at += 999_983) yield all.subarray(at, at + 999_983);
  };
  const encoder = encoderFor("chunks.mp4");
  await pipeline(Readable.from(chunks(), { objectMode: false }), encoder.input);
  const clip = await encoder.done;
  expect(await readFile(clip.path)).toEqual(await readFile(join(folder.path, "system.mp4")));
});

test("missing and surplus frames fail, say so, and leave no file", async () => {
  const short = encoderFor("short.mp4");
  for (const frame of frames.slice(0, 64)) await short.writeFrame(frame);
  const missing = await failureOf(short.finish());
  expect(missing).toMatchObject({ code: "media_failed" });
  expect(missing.message).toContain("64 of 65 frames arrived");

  const cut = encoderFor("cut.mp4");
  cut.input.end(frames[0]?.subarray(0, 1000));
  expect((await failureOf(cut.done)).message).toContain("of 65 frames arrived");

  const long = encoderFor("long.mp4", { expectedFrames: 2 });
  for (const frame of frames.slice(0, 2)) await long.writeFrame(frame);
  expect((await failureOf(long.writeFrame(frames[2] as Uint8Array))).message).toContain("3 of 2 frames");
  const left = await readdir(folder.path);
  expect(left.filter((name) => /^(short|cut|long)/.test(name))).toEqual([]);
});

test("an abort kills ffmpeg at once, before it starts or in mid-clip, and leaves no file", async () => {
  for (const afterFrames of [0, 30]) {
    const controller = new AbortController();
    const encoder = encoderFor("aborted.mp4", { signal: controller.signal });
    for (const frame of frames.slice(0, afterFrames)) await encoder.writeFrame(frame);
    const started = performance.now();
    controller.abort();
    expect((await failureOf(encoder.done)).code).toBe("cancelled");
    expect((await failureOf(encoder.writeFrame(frames[0] as Uint8Array))).code).toBe("cancelled");
    expect(performance.now() - started).toBeLessThan(2_000);
    expect(encoder.input.destroyed).toBe(true);
  }
  const timed = encoderFor("aborted.mp4", { signal: AbortSignal.timeout(100) });
  expect((await failureOf(timed.done)).code).toBe("deadline_exceeded");
  expect(() => encoderFor("aborted.mp4", { signal: AbortSignal.abort() })).toThrow("cancelled");
  expect(await readdir(folder.path)).not.toContain("aborted.mp4");
});

test("a source that fails ends the encode with its own error", async () => {
  const encoder = encoderFor("source.mp4");
  const failing = Readable.from(
    (function* () {
      yield frames[0];
      throw new AppError("engine_crashed", { operation: "decode", reason: "SIGKILL" });
    })(),
    { objectMode: false },
  );
  expect((await failureOf(pipeline(failing, encoder.input))).code).toBe("engine_crashed");
  expect((await failureOf(encoder.done)).code).toBe("engine_crashed");
});

test("an ffmpeg that vanished or cannot write is an error, not the end of the process", async () => {
  const gone = { ...system, path: join(folder.path, "gone") } as Ffmpeg;
  for (const ffmpeg of [gone, gone]) {
    expect((await failureOf(encode("gone.mp4", { ffmpeg }))).code).toBe("media_failed");
  }
  const unwritable = await failureOf(encode("no/such/folder/clip.mp4"));
  expect(unwritable).toMatchObject({ code: "media_failed" });
  expect(unwritable.message).toContain("No such file or directory");
  await delay(50);
});

test("an ffmpeg that somebody killed is worth another try", async () => {
  const encoder = encoderFor("killed.mp4");
  for (const frame of frames.slice(0, 30)) await encoder.writeFrame(frame);
  await promisify(execFile)("pkill", ["-KILL", "-f", join(folder.path, "killed.mp4")]);
  const failure = await failureOf(encoder.done);
  expect(failure).toMatchObject({ code: "unavailable" });
  expect(failure.message).toContain("SIGKILL");
  expect(await readdir(folder.path)).not.toContain("killed.mp4");
});

test("shapes and frames that cannot be are bugs", async () => {
  expect(() => encoderFor("odd.mp4", { width: 511 })).toThrow("This is a bug.");
  expect(() => encoderFor("odd.mp4", { expectedFrames: 0 })).toThrow("This is a bug.");
  const controller = new AbortController();
  const encoder = encoderFor("odd.mp4", { signal: controller.signal });
  await expect(encoder.writeFrame(new Uint8Array(5))).rejects.toThrow("This is a bug.");
  controller.abort();
  await failureOf(encoder.done);
});
