import { AppError } from "@kinora/errors";
import type { CliContext } from "../cli-context.ts";
import { makeAndEdit } from "../clip/make-and-edit.ts";
import { type ServerOptions, withServer } from "../clip/with-server.ts";

/** Options of `kinora generate`. */
export interface GenerateOptions extends ServerOptions {
  readonly image?: string;
  readonly edit?: string;
  readonly seed?: bigint;
  readonly out?: string;
  readonly model?: string;
}

/** Makes one clip on a running server, and with `--edit` a changed one of it. */
export async function runGenerate(
  context: CliContext,
  prompt: string | undefined,
  options: GenerateOptions,
): Promise<void> {
  const { image, edit, seed, out, model } = options;
  if (prompt === undefined && image === undefined) {
    throw new AppError("invalid_prompt", { reason: "Say what to make: a PROMPT, --image FILE, or both." });
  }
  await withServer(context, options, (client) =>
    makeAndEdit(context, client, { prompt, image, edit, seed, out, model }),
  );
}
