import { AppError } from "@kinora/errors";
import type { ClipModel } from "../catalog/catalog-model.ts";
import type { ClipMaker } from "./assert-model-kind.ts";
import { INPUT_REFERENCE } from "./parse-input-reference.ts";

/** Fields that any model takes. */
const VIDEO_FIELDS = [
  "prompt",
  "model",
  INPUT_REFERENCE,
  "seconds",
  "size",
  "width",
  "height",
  "fps",
  "num_frames",
  "seed",
  "num_inference_steps",
  "guidance_scale",
  "negative_prompt",
] as const;

/** One of those fields. */
export type VideoField = (typeof VIDEO_FIELDS)[number];

/** Largest seed: what JSON numbers carry exactly. */
export const MAX_SEED = Number.MAX_SAFE_INTEGER;

/** Fields that other servers or other models take, and what to do without them. */
const UNSUPPORTED: Readonly<Record<string, string>> = {
  n: "One request makes one video: send several requests.",
  num_outputs_per_prompt: "One request makes one video: send several requests.",
  quality: "There is one quality.",
  response_format: "Read the bytes at GET /v1/videos/{id}/content.",
  output_format: "Clips are MP4 (H.264).",
  generate_sound: "Clips are silent.",
  sound: "Clips are silent.",
  sound_duration: "Clips are silent.",
  audio: "Clips are silent.",
  audio_reference: "Clips are silent.",
  image_reference: "Send the picture as input_reference.",
  reference_url: "Send the picture as input_reference.",
  video_reference: "Send a picture as input_reference.",
  source_video: "Send a picture as input_reference.",
  control_reference: "Send a picture as input_reference.",
  guidance_scale_2: "Use guidance_scale.",
  true_cfg_scale: "Use guidance_scale.",
  flow_shift: "The schedule is fixed.",
  boundary_ratio: "The schedule is fixed.",
  enable_teacache: "There is no such cache.",
  enable_frame_interpolation: "Interpolation is always part of the clip.",
  enable_upscaling: "The size is fixed.",
  lora: "There are no adapters.",
  video_params: "Send the fields at the top level.",
  extra_params: "Send the fields at the top level.",
  characters: "There are no characters.",
  user: "Leave it out.",
  output_path: "Read the bytes at GET /v1/videos/{id}/content.",
};

/** Whether `seconds` is a clip's length: the SDKs send "4", SGLang's clients 4. */
export function saysSeconds(value: unknown, { seconds }: ClipModel): boolean {
  return (typeof value === "string" || typeof value === "number") && String(value) === seconds;
}

/** Throws `unknown_field` that names every field which no model takes. */
export function assertKnownFields(names: readonly string[]): void {
  const known = new Set<string>(VIDEO_FIELDS);
  const unknown = names.filter((name) => !known.has(name) && !Object.hasOwn(UNSUPPORTED, name));
  if (unknown.length > 0) throw unknownField(unknown, VIDEO_FIELDS);
}

/** The refusal of fields that a route does not know. */
export function unknownField(unknown: readonly string[], accepted: readonly string[]): AppError {
  const shown = unknown.map((name) => name.slice(0, 60));
  const fields = { field: shown.join(", "), accepted: accepted.join(", ") };
  return new AppError("unknown_field", fields, { param: shown[0] });
}

/** Throws `unsupported_parameter` for the first field that this model lacks. */
export function assertSupportedFields(names: readonly string[], model: ClipMaker): void {
  const hints = { ...UNSUPPORTED, ...lacking(model.clip) };
  const field = names.find((name) => Object.hasOwn(hints, name));
  if (field === undefined) return;
  const hint = hints[field];
  throw new AppError("unsupported_parameter", { model: model.name, field, hint }, { param: field });
}

/** Fields of this API that a model of this kind has no use for, and what to do without them. */
export function lacking({ keyframe, motion }: ClipModel): Readonly<Record<string, string>> {
  return {
    ...(keyframe?.negativePrompt ? {} : { negative_prompt: "Say in prompt what should be seen." }),
    ...(keyframe ? {} : { guidance_scale: "Its guidance is fixed." }),
    ...(keyframe || motion.readsPrompt
      ? {}
      : { prompt: "It moves a picture and reads no text: leave it out." }),
  };
}

/** The range that `num_inference_steps` has when it sets both halves of a model. */
export function stepsRange({ keyframe, motion }: ClipModel) {
  const [own, other] = [motion.numInferenceSteps, keyframe?.numInferenceSteps];
  return {
    minimum: Math.max(own.minimum, other?.minimum ?? own.minimum),
    maximum: Math.min(own.maximum, other?.maximum ?? own.maximum),
  };
}
