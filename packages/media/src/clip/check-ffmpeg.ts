import { execFile } from "node:child_process";
import { promisify } from "node:util";

const CHECK_TIMEOUT_MS = 10_000;

/** The binary's version; throws unless it runs and encodes H.264 from raw frames. */
export async function checkFfmpeg(path: string): Promise<string> {
  const [version, encoders, formats] = await Promise.all([
    run(path, "-version"),
    run(path, "-encoders"),
    run(path, "-formats"),
  ]);
  if (!/ libx264 /.test(encoders)) throw new Error("it has no libx264 encoder");
  if (!/ DE? +rawvideo /.test(formats)) throw new Error("it cannot read raw video");
  return /^ffmpeg version (\S+)/.exec(version)?.[1] ?? "unknown";
}

async function run(path: string, argument: string): Promise<string> {
  const options = { timeout: CHECK_TIMEOUT_MS, maxBuffer: 4 << 20 };
  return (await promisify(execFile)(path, ["-hide_banner", argument], options)).stdout;
}
