import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { KinoraClient, Video } from "@kinora/client";
import { AppError, errorMessage } from "@kinora/errors";
import type { CliContext } from "../cli-context.ts";
import { defaultClipPath, describeTimes } from "./clip-file.ts";
import { createBarDisplay, createLineDisplay } from "./stage-display.ts";

/** A clip as the command line asks for it. */
export interface ClipWish {
  readonly prompt: string | undefined;
  /** Path of a picture, relative to where the user stands. */
  readonly image?: string | undefined;
  readonly seed?: bigint | undefined;
  readonly out?: string | undefined;
  readonly model?: string | undefined;
}

const CANCEL_TIMEOUT_MS = 2_000;

/**
 * Makes one clip on a server: shows its stages, prints its warnings and times, saves the file and
 * prints its absolute path. An interrupted one is cancelled on the server.
 */
export async function makeClip(context: CliContext, client: KinoraClient, wish: ClipWish): Promise<Video> {
  const startedAt = performance.now();
  const { prompt, seed, model } = wish;
  const inputReference = wish.image === undefined ? undefined : await readPicture(context, wish.image);
  const created = await client.create({ prompt, seed, model, inputReference }, { signal: context.signal });
  const clip = await followClip(context, client, created);
  for (const warning of clip.warnings) context.note(`  note: ${warning.message}`);
  const path = outputPath(context, wish, clip);
  await client.save(clip.id, path, { signal: context.signal });
  context.note(`  ${describeTimes(clip, (performance.now() - startedAt) / 1000)}`);
  context.print(path);
  return clip;
}

async function followClip(context: CliContext, client: KinoraClient, created: Video): Promise<Video> {
  const display = context.isTerminal ? createBarDisplay(context.stderr) : createLineDisplay(context.note);
  let clip = created;
  try {
    for await (clip of client.watch(created.id, { signal: context.signal })) display.update(clip);
  } catch (error) {
    if (context.signal.aborted) await cancelQuietly(client, created.id);
    throw error;
  } finally {
    display.close();
  }
  if (clip.status === "completed") return clip;
  if (clip.status === "cancelled") throw new AppError("cancelled");
  throw new ClipFailedError(clip.error?.message ?? "The clip failed without saying why.");
}

/** The server made a clip's record and could not make the clip; the message is the server's. */
export class ClipFailedError extends Error {}

async function cancelQuietly(client: KinoraClient, id: string): Promise<void> {
  // Best effort: the user wants to leave, and a server that is gone has stopped anyway.
  await client.cancel(id, { timeoutMs: CANCEL_TIMEOUT_MS }).catch(() => undefined);
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
