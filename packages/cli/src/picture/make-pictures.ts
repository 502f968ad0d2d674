import { resolve } from "node:path";
import { type Images, type KinoraClient, saveWhole } from "@kinora/client";
import type { CliContext } from "../cli-context.ts";
import { defaultEditPath, describeTimes } from "../clip/clip-file.ts";
import { defaultPicturePath, formatOf, numberedPath } from "./picture-file.ts";
import { readPicture } from "./read-picture.ts";

/** Pictures as the command line asks for them. */
export interface PictureWish {
  /** What should be seen; of an edit, what should change. */
  readonly words: string;
  readonly count?: number | undefined;
  readonly seed?: bigint | undefined;
  readonly model?: string | undefined;
  /** Where the picture goes, relative to where the user stands. */
  readonly out?: string | undefined;
}

/** Draws pictures on a server and saves them. Returns their paths. */
export async function makePictures(
  context: CliContext,
  client: KinoraClient,
  wish: PictureWish,
): Promise<readonly string[]> {
  const startedAt = performance.now();
  const { words: prompt, count, seed, model, out } = wish;
  context.note(`  "${prompt}"`);
  const request = { prompt, n: count, seed, model, outputFormat: formatOf(out) };
  const images = await client.generateImages(request, { signal: context.signal });
  const path = out ?? defaultPicturePath(context.workingDir, { prompt, seed: images.seed });
  return save(context, images, { path, startedAt });
}

/** Changes a picture as told on a server and saves what comes of it. */
export async function editPicture(
  context: CliContext,
  client: KinoraClient,
  wish: PictureWish & { readonly source: string },
): Promise<void> {
  const startedAt = performance.now();
  const { source, words: prompt, seed, model, out } = wish;
  const outputFormat = formatOf(out);
  const image = await readPicture(context, source);
  context.note(`  "${prompt}"`);
  const images = await client.editImage(
    { image, prompt, seed, model, outputFormat },
    { signal: context.signal },
  );
  const unplaced = { source, words: prompt, seed: images.seed, ending: ".png" };
  const path = out ?? defaultEditPath(context.workingDir, unplaced);
  await save(context, images, { path, startedAt });
}

async function save(
  context: CliContext,
  images: Images,
  { path, startedAt }: { readonly path: string; readonly startedAt: number },
): Promise<readonly string[]> {
  for (const warning of images.warnings) context.note(`  note: ${warning.message}`);
  const whole = resolve(context.workingDir, path);
  const paths = images.data.map((_, index) => numberedPath(whole, index, images.data.length));
  for (const [index, bytes] of images.data.entries()) await saveWhole([bytes], paths[index] as string);
  context.note(`  ${describeTimes(images, (performance.now() - startedAt) / 1000)}`);
  for (const one of paths) context.print(one);
  return paths;
}
