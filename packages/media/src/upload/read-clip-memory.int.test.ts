import { execFile } from "node:child_process";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { AppError } from "@kinora/errors";
import { type TemporaryFolder, temporaryFolder } from "@kinora/testing";
import { afterAll, beforeAll, expect, it } from "vitest";
import { findFfmpeg } from "../clip/find-ffmpeg.ts";
import { readClip } from "./read-clip.ts";

// What the decoder of an upload takes of the machine, by Linux's own account of the child.

const LIMIT_BYTES = 300e6;
const SAMPLE_MS = 5;

let folder: TemporaryFolder;
beforeAll(async () => {
  folder = await temporaryFolder("read-clip-memory");
});
afterAll(() => folder.remove());

const X264 = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"];

async function make(...args: string[]): Promise<string> {
  const path = join(folder.path, `${crypto.randomUUID()}.mp4`);
  await promisify(execFile)("ffmpeg", ["-v", "error", "-f", "lavfi", "-i", ...args, path]);
  return path;
}

/** Process ids of what this process has started. */
async function children(): Promise<string[]> {
  const threads = await readdir("/proc/self/task");
  const lists = threads.map((thread) =>
    readFile(`/proc/self/task/${thread}/children`, "utf8").catch(() => ""),
  );
  return (await Promise.all(lists)).flatMap((list) => list.split(" ").filter(Boolean));
}

/** Most memory that a process has had, in bytes; 0 when it is gone. */
async function peakBytes(pid: string): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  return 1024 * Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0);
}

/** Waits for work while looking at what its child takes. */
async function watch(work: Promise<unknown>): Promise<{ outcome: unknown; peak: number }> {
  const isDone = { yes: false };
  const outcome = work
    .catch((error: unknown) => error)
    .finally(() => {
      isDone.yes = true;
    });
  let peak = 0;
  while (!isDone.yes) {
    for (const pid of await children()) peak = Math.max(peak, await peakBytes(pid));
    await new Promise((resolve) => setTimeout(resolve, SAMPLE_MS));
  }
  return { outcome: await outcome, peak };
}

it.each<[string, string, () => Promise<string>]>([
  // As many reference frames as H.264 has, at the largest size.
  [
    "a clip that needs more",
    "takes too much memory|longer than 8 s",
    () => make("color=size=3840x2160:rate=5:duration=4", ...X264, "-refs", "16", "-bf", "0"),
  ],
  ["the largest usual clip", "^$", () => make("color=size=3840x2160:rate=4:duration=2", ...X264)],
  ["8192 x 8192 pixels", "8192", () => make("color=size=8192x8192:rate=1:duration=1", ...X264)],
  ["half an hour", "1800 seconds long", () => make("color=size=32x32:rate=1:duration=1800", ...X264)],
  ["sound alone", "no pictures", () => make("sine=duration=5", "-c:a", "aac")],
  [
    "an MP4 whose boxes say 10 GB",
    "damaged or cut off",
    async () => {
      const path = join(folder.path, "huge.mp4");
      const box = Buffer.alloc(64);
      box.writeUInt32BE(16, 0);
      box.write("ftypisom", 4, "latin1");
      // A box of 64-bit size: 10 GB of samples that never come.
      box.writeUInt32BE(1, 16);
      box.write("moov", 20, "latin1");
      box.writeBigUInt64BE(10_000_000_000n, 24);
      await writeFile(path, box);
      return path;
    },
  ],
])("%s is answered within 10 s and 300 MB", async (_, says, file) => {
  const path = await file();
  const ffmpeg = await findFfmpeg();
  const startedAt = performance.now();
  const reading = readClip(path, { ffmpeg, width: 512, height: 512, fps: 4, maxFrames: 16 });
  const { outcome, peak } = await watch(reading);
  const refusal = outcome instanceof AppError ? outcome.message : "";
  expect(refusal).toMatch(new RegExp(says));
  expect(peak).toBeGreaterThan(5e6);
  expect(peak).toBeLessThan(LIMIT_BYTES);
  expect(performance.now() - startedAt).toBeLessThan(10_000);
});
