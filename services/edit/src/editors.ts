import { AppError } from "@kinora/errors";
import type { PipelineKind, ServedModel } from "@kinora/model-service";
import { instructPix2Pix } from "./pipelines/instruct-pix2pix.ts";
import type { Editor } from "./pipelines/picture-edit.ts";
import { pocketEditor } from "./pipelines/pocket.ts";
import { TASK_PREDICTOR } from "./pipelines/task-predictor.ts";

/** The kinds of model folders that edit, with the graph that they need for it. */
const EDITORS: Partial<Readonly<Record<PipelineKind, { readonly editor: Editor; readonly graph: string }>>> =
  {
    "instruct-pix2pix": { editor: instructPix2Pix, graph: "unet" },
    pocket: { editor: pocketEditor, graph: TASK_PREDICTOR },
  };

/** How a model edits; `capability_missing` if it does not. */
export function editorOf({ folder, pipeline }: ServedModel): Editor {
  const found = EDITORS[pipeline.kind];
  if (found && pipeline.graphs.includes(found.graph)) return found.editor;
  throw new AppError("capability_missing", {
    capability: "Editing",
    reason: `model ${folder.name} has no editor.`,
  });
}
