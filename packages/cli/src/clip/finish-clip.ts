import type { KinoraClient, Video } from "@kinora/client";
import { AppError } from "@kinora/errors";
import type { CliContext } from "../cli-context.ts";
import { describeTimes } from "./clip-file.ts";
import { createBarDisplay, createLineDisplay } from "./stage-display.ts";

const CANCEL_TIMEOUT_MS = 2_000;

/** A clip that the server has taken on. */
export interface StartedClip {
  readonly created: Video;
  /** `performance.now()` when it was asked for. */
  readonly startedAt: number;
  /** Where the finished clip goes. */
  readonly pathOf: (clip: Video) => string;
}

/**
 * Follows a clip to its end: shows its stages, prints its warnings and times, saves the file and
 * prints its absolute path. An interrupted one is cancelled on the server.
 */
export async function finishClip(
  context: CliContext,
  client: KinoraClient,
  { created, startedAt, pathOf }: StartedClip,
): Promise<Video> {
  const clip = await followClip(context, client, created);
  for (const warning of clip.warnings) context.note(`  note: ${warning.message}`);
  const path = pathOf(clip);
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
