import { NAMED_TASKS } from "../edit-job.ts";
import { type AcceptedFields, describeWords, field } from "./accepted-fields.ts";
import type { ClipMaker } from "./assert-model-kind.ts";
import { VIDEO } from "./edit-fields.ts";

const NEXT = "With task extend, what happens next";
const WORDS = `What should change, in words; or name a task. ${NEXT}.`;

/** What POST /v1/videos/edits takes for a model: words where it reads them, settings where it has an editor. */
export function acceptedClipEditFields(model: ClipMaker, defaultModel: string): AcceptedFields {
  const { prompt, model: name, seed } = describeWords(model, defaultModel);
  const { clip, clipEdit, edits } = model;
  // A model that makes every frame at once makes none between others.
  const tasks = NAMED_TASKS.filter(
    (task) => !clip.motion.direct || (task !== "slow_motion" && task !== "extend"),
  );
  const what = clip.motion.direct ? "{id} of a finished video" : "{id} of a finished video, or an MP4 file";
  return {
    prompt: { ...prompt, description: edits ? WORDS : `${NEXT}.` },
    task: {
      ...field("string", "A change of time, in place of words; extend: the clip goes on as prompt says.", {
        default: null,
        values: tasks,
      }),
      required: !edits,
    },
    [VIDEO]: { ...field("video", `The clip to change: ${what}.`, { default: null }), required: true },
    model: { ...name, description: "For an uploaded clip; otherwise the clip's own." },
    seed,
    ...(clipEdit
      ? {
          num_inference_steps: field("integer", "Denoise steps of the editor.", clipEdit.numInferenceSteps),
          guidance_scale: field(
            "number",
            "How closely the result follows the words; left out, as their task needs.",
            {
              ...clipEdit.guidanceScale,
              default: null,
            },
          ),
          image_guidance_scale: field(
            "number",
            "How closely the result follows the clip.",
            clipEdit.imageGuidanceScale,
          ),
        }
      : {}),
  };
}
