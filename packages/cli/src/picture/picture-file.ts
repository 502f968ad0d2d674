import { extname, join } from "node:path";
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

/** Endings of pictures, served or not: a server says best why it takes no GIF. */
const PICTURE = /\.(png|jpe?g|webp|gif|bmp|tiff?|avif|heic|svg)$/i;

/** Whether a path is a picture's, by its ending. */
export function isPicturePath(path: string): boolean {
  return PICTURE.test(path);
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
  return join(folder, "out", `${slugOf(prompt, "picture")}-${seed}.png`);
}

/** The path of picture `index` of `count`: with more than one, `-<index>` stands before the ending. */
export function numberedPath(path: string, index: number, count: number): string {
  const ending = extname(path);
  return count === 1 ? path : `${path.slice(0, path.length - ending.length)}-${index}${ending}`;
}
