import { edit } from "@kinora/contracts";
import { createModelService } from "@kinora/model-service";
import { type App, bindService, type Logger } from "@kinora/runtime";
import type { Config } from "./config.ts";
import { createEditClip } from "./edit-clip.ts";
import { createEditImage } from "./edit-image.ts";
import { editorOf } from "./editors.ts";
import { TASK_PREDICTOR } from "./pipelines/task-predictor.ts";

/**
 * The edit service: an instruction and a picture's latents in, the changed picture's latents out. A model that cannot
 * edit says so, `capability_missing`, while health and reflection answer.
 */
export function createApp(config: Config, logger: Logger): App {
  return createModelService({
    config,
    logger,
    components: ({ kind, denoiser }) =>
      kind === "instruct-pix2pix" ? [denoiser] : [TASK_PREDICTOR, "editor_text_encoder", "editor"],
    bind: (host) => {
      const modelOf = (name: string) => host.models.get(name || config.defaultModel);
      return bindService(edit.EditService, {
        describe: async ({ model }) => {
          const served = await modelOf(model);
          editorOf(served);
          return { runtime: await served.describe() };
        },
        interpret: async ({ model: name, instruction }, { signal }) => {
          const model = await modelOf(name);
          return editorOf(model).interpret({ host, model, instruction, signal });
        },
        editImage: createEditImage(host),
        editClip: createEditClip(host),
      });
    },
  });
}
