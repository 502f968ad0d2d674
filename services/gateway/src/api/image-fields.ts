import { AppError } from "@kinora/errors";
import { unknownField } from "./video-fields.ts";

/** Fields that both image routes take. */
const SHARED_FIELDS = [
  "prompt",
  "model",
  "n",
  "size",
  "response_format",
  "output_format",
  "user",
  "negative_prompt",
  "seed",
  "num_inference_steps",
  "guidance_scale",
] as const;

/** Fields of POST /v1/images/generations. */
export const GENERATION_FIELDS = [...SHARED_FIELDS, "guidance_rescale"] as const;

/** Fields of POST /v1/images/edits. */
export const EDIT_FIELDS = [
  ...SHARED_FIELDS,
  "image",
  "strength",
  "image_guidance_scale",
  "guidance_rescale",
] as const;

/** The file of an edit. */
export const IMAGE = "image";

/** Fields of OpenAI's API that ask for nothing special with these values, and what to do with others. */
const NEUTRAL: Readonly<Record<string, { readonly values: readonly string[]; readonly hint: string }>> = {
  quality: { values: ["auto", "standard"], hint: "There is one quality." },
  background: { values: ["auto", "opaque"], hint: "Pictures have no transparency." },
  moderation: { values: ["auto"], hint: "It cannot be chosen." },
  stream: { values: ["false"], hint: "Pictures come whole, when they are done." },
  partial_images: { values: ["0"], hint: "Pictures come whole, when they are done." },
  output_compression: { values: ["100"], hint: "Ask for png, or for jpeg or webp as they are." },
  style: { values: [], hint: "Say in prompt how it should look." },
  mask: { values: [], hint: "Whole pictures are edited." },
  input_fidelity: { values: ["low"], hint: "Use strength or image_guidance_scale." },
  num_images_per_prompt: { values: [], hint: "Use n." },
  width: { values: [], hint: "Use size, for example 512x512." },
  height: { values: [], hint: "Use size, for example 512x512." },
};

/** Throws `unknown_field` that names every field which neither image route knows. */
export function assertKnownImageFields(names: readonly string[], accepted: readonly string[]): void {
  const unknown = names.filter((name) => !accepted.includes(name) && !Object.hasOwn(NEUTRAL, name));
  if (unknown.length > 0) throw unknownField(unknown, accepted);
}

/** Throws `unsupported_parameter` for the first field that asks for what this model lacks. */
export function assertSupportedImageFields(
  fields: ReadonlyMap<string, unknown>,
  { model, lacking }: { model: string; lacking: Readonly<Record<string, string>> },
): void {
  for (const [field, value] of fields) {
    const neutral = Object.hasOwn(NEUTRAL, field) ? NEUTRAL[field] : undefined;
    const hint = neutral && !neutral.values.includes(String(value)) ? neutral.hint : lacking[field];
    if (hint !== undefined)
      throw new AppError("unsupported_parameter", { model, field, hint }, { param: field });
  }
}
