import type { ClipEditModel } from "../catalog/catalog-model.ts";
import { NAMED_TASKS } from "../edit-job.ts";
import { type AcceptedFields, describeWords, field, only } from "./accepted-fields.ts";
import type { ClipMaker } from "./assert-model-kind.ts";
import { VIDEO } from "./edit-fields.ts";

const NEXT = "With task extend, what happens next";
const WORDS = `What should change, in words; or name a task. ${NEXT}.`;
const CLIP = "The clip to change: {id} of a finished video";
const OWN = "For an uploaded clip; otherwise the clip's own.";

/** What POST /v1/videos/edits takes for a model: words where it reads them, settings where it has an editor. */
export function acceptedClipEditFields(model: ClipMaker, defaultModel: string): AcceptedFields {
  const { prompt, model: name, seed } = describeWords(model, defaultModel);
  const { clip, clipEdit, edits } = model;
  // A model that makes every frame at once makes none between others, and sets none in motion again.
  const isDirect = clip.motion.direct !== undefined;
  const tasks = NAMED_TASKS.filter((task) => !isDirect || (task !== "slow_motion" && task !== "extend"));
  return {
    ...(isDirect ? {} : { prompt: { ...prompt, description: edits ? WORDS : `${NEXT}.` } }),
    task: {
      ...field("string", "A change of time, in place of words; extend: the clip goes on as prompt says.", {
        default: null,
        values: tasks,
      }),
      required: !edits,
    },
    [VIDEO]: {
      ...field("video", `${CLIP}${isDirect ? "" : ", or an MP4 file"}.`, { default: null }),
      required: true,
    },
    model: { ...name, description: OWN },
    seed,
    ...(clipEdit ? describeEditor(clipEdit) : {}),
  };
}

/** What POST /v1/videos/extensions takes for a model that sets frames in motion. */
export function acceptedExtensionFields(model: ClipMaker, defaultModel: string): AcceptedFields {
  const { prompt, model: name, seed } = describeWords(model, defaultModel);
  const { seconds, motion } = model.clip;
  return {
    prompt: { ...prompt, description: "What happens next, in words.", required: true },
    [VIDEO]: { ...field("video", `${CLIP}, or an MP4 file.`, { default: null }), required: true },
    seconds: only("string", "What is added, in seconds.", seconds),
    model: { ...name, description: OWN },
    seed,
    num_inference_steps: field("integer", "Denoise steps of the motion.", motion.numInferenceSteps),
  };
}

function describeEditor({ numInferenceSteps, guidanceScale, imageGuidanceScale }: ClipEditModel) {
  return {
    num_inference_steps: field("integer", "Denoise steps of the editor.", numInferenceSteps),
    guidance_scale: field(
      "number",
      "How closely the result follows the words; left out, as their task needs.",
      {
        ...guidanceScale,
        default: null,
      },
    ),
    image_guidance_scale: field("number", "How closely the result follows the clip.", imageGuidanceScale),
  };
}
