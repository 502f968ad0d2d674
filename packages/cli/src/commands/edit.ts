import type { CliContext } from "../cli-context.ts";
import { type EditWish, editClip } from "../clip/edit-clip.ts";
import { type ServerOptions, withServer } from "../clip/with-server.ts";

/** Options of `kinora edit`. */
export interface EditOptions extends ServerOptions {
  readonly seed?: bigint;
  readonly out?: string;
  readonly model?: string;
}

/** Changes a clip on a running server, or lets it go on. */
export async function runEdit(
  context: CliContext,
  what: Pick<EditWish, "source" | "words" | "extends">,
  options: EditOptions,
): Promise<void> {
  const { seed, out, model } = options;
  await withServer(context, options, async (client) => {
    await editClip(context, client, { ...what, seed, out, model });
  });
}
