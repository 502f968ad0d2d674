import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { KinoraClient, Video } from "@kinora/client";
import { AppError, errorMessage } from "@kinora/errors";
import type { CliContext } from "../cli-context.ts";
import { defaultEditPath } from "./clip-file.ts";
import { finishClip } from "./finish-clip.ts";

/** Changes of time that can be named in place of words. */
const TEMPORAL_TASKS = ["slow_motion", "faster", "reverse", "loop"] as const;
type TemporalTask = (typeof TEMPORAL_TASKS)[number];

const VIDEO_ID = /^video_[0-9a-f]{32}$/;

/** An edit as the command line asks for it. */
export interface EditWish {
  /** A video's id, or the path of an MP4 relative to where the user stands. */
  readonly source: string;
  /** What should change, in words, or the name of a change of time; of a clip that goes on, what happens next. */
  readonly words: string;
  /** Whether the clip goes on. */
  readonly extends?: boolean | undefined;
  readonly seed?: bigint | undefined;
  readonly model?: string | undefined;
  /** Where the clip goes, relative to where the user stands; without it `./out/<source>-<words>-<seed>.mp4`, changes of time without seed. */
  readonly out?: string | undefined;
}

/** Changes a clip on a server, shown on its way, and saves what comes of it. */
export async function editClip(context: CliContext, client: KinoraClient, wish: EditWish): Promise<Video> {
  const startedAt = performance.now();
  const { source, seed, model } = wish;
  const clip = VIDEO_ID.test(source) ? { sourceVideoId: source } : { video: await readClip(context, source) };
  const created = await client.edit({ ...clip, ...toTask(wish), seed, model }, { signal: context.signal });
  const pathOf = (made: Video) => outputPath(context, wish, made);
  return finishClip(context, client, { created, startedAt, pathOf });
}

function toTask({ words, extends: goesOn }: EditWish) {
  if (goesOn) return { task: "extend", prompt: words } as const;
  return isTemporalTask(words) ? { task: words } : { prompt: words };
}

/** Whether words are the name of a change of time, which needs no understanding. */
export function isTemporalTask(words: string): words is TemporalTask {
  return (TEMPORAL_TASKS as readonly string[]).includes(words);
}

async function readClip(context: CliContext, path: string): Promise<Uint8Array> {
  try {
    return await readFile(resolve(context.workingDir, path));
  } catch (error) {
    const reason = `${path} is no video's id, and no file that could be read: ${errorMessage(error)}`;
    throw new AppError("invalid_video", { reason }, { cause: error });
  }
}

function outputPath({ workingDir }: CliContext, { source, words, out }: EditWish, clip: Video): string {
  if (out !== undefined) return resolve(workingDir, out);
  const seed = isTemporalTask(clip.edit?.task ?? words) ? undefined : clip.seed;
  return defaultEditPath(workingDir, { source, words, seed, ending: ".mp4" });
}
