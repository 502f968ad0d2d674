import { edit } from "@kinora/contracts";
import { AppError } from "@kinora/errors";
import { createModelService } from "@kinora/model-service";
import { type App, bindService, type Logger } from "@kinora/runtime";
import type { Config } from "./config.ts";
import { createEditImage } from "./edit-image.ts";
import { editorOf } from "./editors.ts";

/**
 * The edit service: an instruction and a picture's latents in, the changed picture's latents out. A model that cannot
 * edit says so, `capability_missing`, while health and reflection answer.
 */
export function createApp(config: Config, logger: Logger): App {
  return createModelService({
    config,
    logger,
    components: ({ kind, denoiser }) => (kind === "instruct-pix2pix" ? [denoiser] : []),
    bind: (host) => {
      const modelOf = (name: string) => host.models.get(name || config.defaultModel);
      return bindService(edit.EditService, {
        describe: async ({ model }) => {
          const served = await modelOf(model);
          editorOf(served);
          return { runtime: await served.describe() };
        },
        interpret: async ({ model, instruction }) => {
          const served = await modelOf(model);
          return editorOf(served).interpret(served, instruction);
        },
        editImage: createEditImage(host),
        editClip: ({ target }) => {
          throw new AppError("capability_missing", {
            capability: "Editing clips",
            reason: `model ${target?.model || config.defaultModel} edits pictures only.`,
          });
        },
      });
    },
  });
}
