import { AppError } from "@kinora/errors";
import type { PipelineKind, ServedModel } from "@kinora/model-service";
import { instructPix2Pix } from "./pipelines/instruct-pix2pix.ts";
import type { Editor } from "./pipelines/picture-edit.ts";

/** The kinds of model folders that edit. */
const EDITORS: Partial<Readonly<Record<PipelineKind, Editor>>> = {
  "instruct-pix2pix": instructPix2Pix,
};

/** How a model edits; `capability_missing` if it does not. */
export function editorOf({ folder, pipeline }: ServedModel): Editor {
  const editor = EDITORS[pipeline.kind];
  if (editor !== undefined) return editor;
  throw new AppError("capability_missing", {
    capability: "Editing",
    reason: `model ${folder.name} has no editor.`,
  });
}
