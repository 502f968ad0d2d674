import { resolve } from "node:path";
import type { KinoraClient } from "@kinora/client";
import type { CliContext } from "../cli-context.ts";
import { defaultClipPath, editedPath } from "./clip-file.ts";
import { editClip } from "./edit-clip.ts";
import { type ClipWish, makeClip } from "./make-clip.ts";

/** Makes a clip, and with `edit` a second one that is the first changed as these words say. */
export async function makeAndEdit(
  context: CliContext,
  client: KinoraClient,
  wish: ClipWish & { readonly edit?: string | undefined },
): Promise<void> {
  const { edit: words, seed, model, out } = wish;
  const clip = await makeClip(context, client, wish);
  if (words === undefined) return;
  context.note(`  "${words}"`);
  const { workingDir } = context;
  const path = out === undefined ? defaultClipPath(workingDir, clip) : resolve(workingDir, out);
  await editClip(context, client, {
    source: clip.id,
    words,
    seed,
    model,
    out: editedPath(path, words, ".mp4"),
  });
}
