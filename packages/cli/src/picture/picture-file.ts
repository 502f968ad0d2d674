import { basename, extname, join } from "node:path";
import type { GenerateImagesRequest } from "@kinora/client";
import { AppError } from "@kinora/errors";
import { slugOf } from "../clip/clip-file.ts";

type OutputFormat = NonNullable<GenerateImagesRequest["outputFormat"]>;

const FORMATS: Readonly<Record<string, OutputFormat>> = {
  ".png": "png",
  ".jpg": "jpeg",
  ".jpeg": "jpeg",
  ".webp": "webp",
};

/** Whether a path is a picture's, by its ending. */
export function isPicturePath(path: string): boolean {
  return Object.hasOwn(FORMATS, extname(path).toLowerCase());
}

/** The format that a path's ending names; PNG without one. */
export function formatOf(path: string | undefined): OutputFormat {
  const ending = path === undefined ? "" : extname(path).toLowerCase();
  const format = ending === "" ? "png" : FORMATS[ending];
  if (format !== undefined) return format;
  const reason = `--out ends in ${ending}; pictures are .png, .jpg or .webp.`;
  throw new AppError("invalid_request", { reason });
}

/** `./out/<slug>-<seed>.png`, where the slug is made of the prompt's words. */
export function defaultPicturePath(
  folder: string,
  { prompt, seed }: { prompt: string; seed: bigint },
): string {
  return join(folder, "out", `${slugOf(prompt)}-${seed}.png`);
}

/** Where an edited picture goes: beside the others, named after its source and what was asked for. */
export function defaultEditPath(folder: string, source: string, words: string): string {
  return join(folder, "out", `${basename(source, extname(source))}-${slugOf(words)}.png`);
}

/** The path of picture `index` of `count`: with more than one, `-<index>` stands before the ending. */
export function numberedPath(path: string, index: number, count: number): string {
  const ending = extname(path);
  return count === 1 ? path : `${path.slice(0, path.length - ending.length)}-${index}${ending}`;
}
