import type { CliContext } from "../cli-context.ts";
import { editClip } from "../clip/edit-clip.ts";
import { type ServerOptions, withServer } from "../clip/with-server.ts";

/** Options of `kinora edit`. */
export interface EditOptions extends ServerOptions {
  readonly seed?: bigint;
  readonly out?: string;
  readonly model?: string;
}

/** Changes a clip on a running server. */
export async function runEdit(
  context: CliContext,
  { source, words }: { source: string; words: string },
  options: EditOptions,
): Promise<void> {
  const { seed, out, model } = options;
  await withServer(context, options, async (client) => {
    await editClip(context, client, { source, words, seed, out, model });
  });
}
