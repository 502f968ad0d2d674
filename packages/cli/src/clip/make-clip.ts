import { resolve } from "node:path";
import type { KinoraClient, Video } from "@kinora/client";
import type { CliContext } from "../cli-context.ts";
import { readPicture } from "../picture/read-picture.ts";
import { defaultClipPath } from "./clip-file.ts";
import { finishClip } from "./finish-clip.ts";

/** A clip as the command line asks for it. */
export interface ClipWish {
  readonly prompt: string | undefined;
  /** Path of a picture, relative to where the user stands. */
  readonly image?: string | undefined;
  readonly seed?: bigint | undefined;
  readonly out?: string | undefined;
  readonly model?: string | undefined;
}

/** Makes one clip on a server, shown on its way, and saves it. */
export async function makeClip(context: CliContext, client: KinoraClient, wish: ClipWish): Promise<Video> {
  const startedAt = performance.now();
  const { prompt, seed, model } = wish;
  const inputReference = wish.image === undefined ? undefined : await readPicture(context, wish.image);
  const created = await client.create({ prompt, seed, model, inputReference }, { signal: context.signal });
  const pathOf = (clip: Video) => outputPath(context, wish, clip);
  return finishClip(context, client, { created, startedAt, pathOf });
}

function outputPath(context: CliContext, wish: ClipWish, clip: Video): string {
  return wish.out === undefined
    ? defaultClipPath(context.workingDir, clip)
    : resolve(context.workingDir, wish.out);
}
