import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { KinoraClient, Video } from "@kinora/client";
import { AppError, errorMessage } from "@kinora/errors";
import type { CliContext } from "../cli-context.ts";
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

async function readPicture(context: CliContext, path: string): Promise<Uint8Array> {
  try {
    return await readFile(resolve(context.workingDir, path));
  } catch (error) {
    throw new AppError(
      "invalid_image",
      { reason: `${path} could not be read: ${errorMessage(error)}` },
      { cause: error },
    );
  }
}

function outputPath(context: CliContext, wish: ClipWish, clip: Video): string {
  return wish.out === undefined
    ? defaultClipPath(context.workingDir, clip)
    : resolve(context.workingDir, wish.out);
}
