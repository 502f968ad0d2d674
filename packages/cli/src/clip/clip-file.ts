import { basename, extname, join } from "node:path";
import type { Video } from "@kinora/client";

const LONGEST_SLUG = 60;

/** `./out/<slug>-<seed>.mp4`, where the slug is made of the prompt's words. */
export function defaultClipPath(folder: string, clip: Pick<Video, "prompt" | "seed">): string {
  return join(folder, "out", `${slugOf(clip.prompt)}-${clip.seed}.mp4`);
}

/** Where something edited goes beside what it was made from; `ending` where that has none. */
export function editedPath(path: string, words: string, ending: string): string {
  const own = extname(path);
  return `${path.slice(0, path.length - own.length)}-${slugOf(words)}${own || ending}`;
}

/** Something edited whose place nobody said. */
export interface UnplacedEdit {
  readonly source: string;
  readonly words: string;
  /** Where chance had a part: another seed's result does not overwrite the first. */
  readonly seed: bigint | undefined;
  readonly ending: string;
}

/** `./out/<source>-<words>-<seed><ending>`, without a seed where chance had no part. */
export function defaultEditPath(folder: string, { source, words, seed, ending }: UnplacedEdit): string {
  const name = `${basename(source, extname(source))}-${slugOf(words)}`;
  return join(folder, "out", `${seed === undefined ? name : `${name}-${seed}`}${ending}`);
}

/** Lower-case letters and digits of any script, joined by hyphens; `wordless` where there are none. */
export function slugOf(prompt: string, wordless = "clip"): string {
  const words =
    prompt
      .normalize("NFC")
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? [];
  let slug = "";
  for (const word of words) {
    if (slug.length + word.length >= LONGEST_SLUG) break;
    slug += slug === "" ? word : `-${word}`;
  }
  return slug || wordless;
}

/** One line: total seconds, then each stage's, for the stages that this clip ran. */
export function describeTimes(clip: Pick<Video, "stageDurations">, totalSeconds: number): string {
  const stages = Object.entries(clip.stageDurations);
  const split = stages.map(([stage, seconds]) => `${stage} ${seconds.toFixed(1)}`).join(", ");
  const ran = stages.length === 0 ? "every stage was done before" : split;
  return `${totalSeconds.toFixed(1)} s (${ran})`;
}
