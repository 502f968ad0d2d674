import type { CliContext } from "../cli-context.ts";
import { type EditWish, editClip } from "../clip/edit-clip.ts";
import { type ServerOptions, withServer } from "../clip/with-server.ts";
import { editPicture } from "../picture/make-pictures.ts";
import { isPicturePath } from "../picture/picture-file.ts";

/** Options of `kinora edit`. */
export interface EditOptions extends ServerOptions {
  readonly seed?: bigint;
  readonly out?: string;
  readonly model?: string;
}

/** Changes a clip or a picture on a running server, or lets a clip go on. */
export async function runEdit(
  context: CliContext,
  what: Pick<EditWish, "source" | "words" | "extends">,
  options: EditOptions,
): Promise<void> {
  const { seed, out, model } = options;
  const wish = { ...what, seed, out, model };
  await withServer(context, options, async (client) => {
    if (isPicturePath(what.source) && !what.extends) await editPicture(context, client, wish);
    else await editClip(context, client, wish);
  });
}
