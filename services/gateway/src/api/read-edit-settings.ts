import { AppError } from "@kinora/errors";
import type { SettingRange } from "../catalog/catalog-model.ts";
import type { EditRequest, NamedTask } from "../edit-job.ts";
import { type ClipMaker, editorMissing } from "./assert-model-kind.ts";
import type { FieldReader } from "./field-reader.ts";
import { parseInteger, parseNumber } from "./parse-value.ts";

const HINT =
  "The settings are the editor's; a change of time has none, and a clip that goes on num_inference_steps alone.";

/**
 * How an edit is made, of what the request says and the model's defaults: the editor for words, the motion for a clip that
 * goes on, nobody for a change of time. Throws `unsupported_parameter`, and `capability_missing` for words to a model that
 * reads none.
 */
export function readEditSettings(
  reader: FieldReader,
  model: ClipMaker,
  task: NamedTask | null,
): Pick<EditRequest, "steps" | "guidanceScale" | "imageGuidanceScale"> {
  const { clip, clipEdit, edits, name } = model;
  if (task === null && !edits) throw editorMissing(name, "Editing clips in words");
  const editor = task === null ? clipEdit : undefined;
  const steps = task === "extend" ? clip.motion.numInferenceSteps : editor?.numInferenceSteps;
  const imageScale = editor?.imageGuidanceScale;
  const read = (field: string, range: Omit<SettingRange, "default"> | undefined, without: number) => {
    if (range) {
      const parse = field === "num_inference_steps" ? parseInteger : parseNumber;
      return reader.read(field, (given) => parse(given, range)) ?? without;
    }
    if (reader.raw(field) === undefined) return without;
    throw new AppError("unsupported_parameter", { model: name, field, hint: HINT }, { param: field });
  };
  return {
    steps: read("num_inference_steps", steps, steps?.default ?? 0),
    guidanceScale: read("guidance_scale", editor?.guidanceScale, 0),
    imageGuidanceScale: read("image_guidance_scale", imageScale, imageScale?.default ?? 1),
  };
}
