import { unknownField } from "./video-fields.ts";

/** The clip of an edit: an object with its id, or an uploaded file. */
export const VIDEO = "video";

/** Fields of POST /v1/videos/edits. */
export const VIDEO_EDIT_FIELDS = [
  "prompt",
  VIDEO,
  "model",
  "task",
  "seed",
  "num_inference_steps",
  "guidance_scale",
  "image_guidance_scale",
] as const;

/** Fields of POST /v1/videos/extensions: an edit whose task is said by the path. */
export const EXTENSION_FIELDS = ["prompt", VIDEO, "seconds", "model", "seed", "num_inference_steps"] as const;

/** Fields of POST /v1/videos/{id}/remix: the clip stands in the path. */
export const REMIX_FIELDS = VIDEO_EDIT_FIELDS.filter((name) => name !== VIDEO);

/** Throws `unknown_field` that names every field which is none of `accepted`. */
export function assertKnownEditFields(names: readonly string[], accepted: readonly string[]): void {
  const unknown = names.filter((name) => !accepted.includes(name));
  if (unknown.length > 0) throw unknownField(unknown, accepted);
}
