import { access, chmod, constants } from "node:fs/promises";
import { createRequire } from "node:module";
import { checkFfmpeg } from "./check-ffmpeg.ts";

/** The npm package's static build of 2018: it may encode our own frames but never read what a user sent. */
export interface NpmFfmpeg {
  readonly path: string;
  readonly source: "npm";
  readonly version: string;
  readonly canReadUploads: false;
}

/** The npm package's binary, checked. Throws when the optional package is absent or has none for this platform. */
export async function npmFfmpeg(): Promise<NpmFfmpeg> {
  const path = await npmBinary();
  return { path, source: "npm", version: await checkFfmpeg(path), canReadUploads: false };
}

/** Where npm put the binary; its install script only does the chmod, so we can do without it. */
async function npmBinary(): Promise<string> {
  const load = createRequire(import.meta.url);
  // An unsupported platform or an absent optional package makes it throw (a string).
  const { path } = load("@ffmpeg-installer/ffmpeg") as { path: string };
  await access(path, constants.X_OK).catch(() => chmod(path, 0o755));
  return path;
}
