import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type DecodedFrames, decodeFrames } from "@kinora/testing";
import { getContent } from "./rest.ts";
import type { Stack } from "./stack.ts";

/** A finished clip as a file, which goes with its stack, and as frames. */
export interface DownloadedClip {
  readonly path: string;
  readonly decoded: DecodedFrames;
}

/** Fetches a video's MP4 and decodes it. */
export async function downloadClip(stack: Stack, id: string): Promise<DownloadedClip> {
  const path = join(stack.dataDir, `${id}.mp4`);
  await writeFile(path, await getContent(stack.baseUrl, id));
  return { path, decoded: await decodeFrames(path) };
}
