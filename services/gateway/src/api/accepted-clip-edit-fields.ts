import { TEMPORAL_TASKS } from "../edit-job.ts";
import { type AcceptedFields, describeWords, field } from "./accepted-fields.ts";
import type { ClipMaker } from "./assert-model-kind.ts";
import { VIDEO } from "./edit-fields.ts";

/** What POST /v1/videos/edits takes for a model: words where it reads them, settings where it has an editor. */
export function acceptedClipEditFields(model: ClipMaker, defaultModel: string): AcceptedFields {
  const { prompt, model: name, seed } = describeWords(model, defaultModel);
  const { clip, clipEdit, edits } = model;
  // A model that makes every frame at once makes none between others.
  const tasks = TEMPORAL_TASKS.filter((task) => task !== "slow_motion" || !clip.motion.direct);
  const what = clip.motion.direct ? "{id} of a finished video" : "{id} of a finished video, or an MP4 file";
  return {
    ...(edits ? { prompt: { ...prompt, description: "What should change, in words; or name a task." } } : {}),
    task: {
      ...field("string", "A change of time, in place of words.", { default: null, values: tasks }),
      required: !edits,
    },
    [VIDEO]: { ...field("video", `The clip to change: ${what}.`, { default: null }), required: true },
    model: { ...name, description: "For an uploaded clip; otherwise the clip's own." },
    seed,
    ...(clipEdit
      ? {
          num_inference_steps: field("integer", "Denoise steps of the editor.", clipEdit.numInferenceSteps),
          guidance_scale: field("number", "How closely the result follows the words.", clipEdit.guidanceScale),
          image_guidance_scale: field(
            "number",
            "How closely the result follows the clip.",
            clipEdit.imageGuidanceScale,
          ),
        }
      : {}),
  };
}
