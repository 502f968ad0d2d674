import type { CliContext } from "../cli-context.ts";
import { editedPath } from "../clip/clip-file.ts";
import { type ServerOptions, withServer } from "../clip/with-server.ts";
import { editPicture, makePictures } from "../picture/make-pictures.ts";

/** Options of `kinora image`. */
export interface ImageOptions extends ServerOptions {
  readonly edit?: string;
  readonly count?: number;
  readonly seed?: bigint;
  readonly out?: string;
  readonly model?: string;
}

/** Draws pictures on a running server, and with `--edit` a changed one of each. */
export async function runImage(context: CliContext, words: string, options: ImageOptions): Promise<void> {
  const { edit, count, seed, out, model } = options;
  await withServer(context, options, async (client) => {
    const paths = await makePictures(context, client, { words, count, seed, out, model });
    if (edit === undefined) return;
    for (const source of paths) {
      const changed = editedPath(source, edit, ".png");
      await editPicture(context, client, { source, words: edit, seed, model, out: changed });
    }
  });
}
