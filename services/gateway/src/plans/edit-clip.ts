import { AppError } from "@kinora/errors";
import { type EditRequest, isTemporal } from "../edit-job.ts";
import type { JobFacts } from "../job-result.ts";
import { extendStages } from "./extend-clip.ts";
import type { Plan, Stage, StageModel } from "./stage.ts";
import { decodeKeyframe } from "./stages/decode-keyframe.ts";
import { editKeyFrames } from "./stages/edit-key-frames.ts";
import { encodeClip } from "./stages/encode-clip.ts";
import { encodeKeyFrames, keyFrameName } from "./stages/encode-key-frames.ts";
import { interpolate } from "./stages/interpolate.ts";
import { interpretEdit } from "./stages/interpret-edit.ts";
import { keepSource } from "./stages/keep-source.ts";
import { selectFrames } from "./stages/select-frames.ts";
import { temporalStages } from "./temporal-edits.ts";

/**
 * A clip is changed as told: the words are read first, and what they ask for decides what follows.
 * Changes of time are made on the clip's stored frames; all others on its key frames by the editor.
 */
export function editClip(request: EditRequest): Plan {
  const { width, height, source, task, prompt } = request;
  const model: StageModel = { folder: request.model, width, height };
  const pictures = Object.fromEntries(
    source.pictures.map((picture, index) => [keyFrameName(index), picture]),
  );
  const { keyFrames, frames } = source.latents;
  return {
    name: "edit_clip",
    initialFiles: { ...pictures, ...(keyFrames ? { keyFrames } : {}), ...(frames ? { frames } : {}) },
    stages: task === null ? [interpretEdit(model, prompt)] : [],
    next: (facts) => following(request, model, { ...facts, ...(task === null ? {} : { task }) }),
  };
}

function following(request: EditRequest, model: StageModel, { task, hint = "" }: JobFacts): Stage[] {
  if (typeof task !== "string" || task === "") {
    throw new AppError("edit_not_understood", { instruction: JSON.stringify(request.prompt), edits: hint });
  }
  return [
    ...(request.source.pictures.length > 0 ? uploadStages(request, model) : []),
    ...changingStages(request, model, task),
    selectFrames(model, { name: "select_keyframe", input: "frames", outputs: { keyframeLatents: [0] } }),
    decodeKeyframe(model),
    encodeClip(model, request.fps),
  ];
}

function changingStages(request: EditRequest, model: StageModel, task: string): Stage[] {
  if (request.task === "extend") return extendStages(request, model);
  return isTemporal(task) ? temporalStages(request, model, task) : taughtStages(request, model);
}

/** Of an upload only key frames were read; the frames between them are made. */
function uploadStages({ source }: EditRequest, model: StageModel): Stage[] {
  const { pictures, numFrames, framesPerKeyFrame } = source;
  return [
    encodeKeyFrames(model, pictures.length),
    interpolate(model, { numFrames, framesPerKeyFrame, name: "interpolate_source" }),
  ];
}

/**
 * What the editor has learned: the key frames change, and the frames between them are made again. What they were
 * goes with them, so that pixels which hardly change keep their bytes.
 */
function taughtStages(request: EditRequest, model: StageModel): Stage[] {
  const { prompt: instruction, seed, steps, guidanceScale, imageGuidanceScale, source } = request;
  const { numFrames, framesPerKeyFrame } = source;
  const rate = { numFrames, framesPerKeyFrame };
  return [
    editKeyFrames(model, { instruction, seed, steps, guidanceScale, imageGuidanceScale }),
    interpolate(model, { ...rate, from: "editedKeyFrames", to: "editedFrames" }),
    keepSource(model, [
      { source: "keyFrames", edited: "editedKeyFrames", output: "keyFrames" },
      { source: "frames", edited: "editedFrames", output: "frames" },
    ]),
  ];
}
