import type { PictureModel, SettingRange } from "../catalog/catalog-model.ts";
import { describeSizes, showSize } from "../catalog/size-rule.ts";
import { OUTPUT_FORMATS } from "../image-job.ts";
import { lackingImageFields, maxImages } from "../validate-image-request.ts";
import { type AcceptedField, type AcceptedFields, describeWords, field } from "./accepted-fields.ts";

/** A model by the names that callers use. */
interface NamedModel {
  readonly name: string;
  readonly aliases: readonly string[];
}

/** What POST /v1/images/generations takes for a model: every field with its range and default. */
export function acceptedGenerationFields(
  model: NamedModel,
  picture: PictureModel,
  defaultModel: string,
): AcceptedFields {
  return without(lackingImageFields(picture), {
    ...describeCommon(model, picture, defaultModel),
    guidance_rescale: setting(
      picture.guidanceRescale,
      "Share of the guided result's contrast that is taken back.",
    ),
  });
}

/** What POST /v1/images/edits takes for a model. */
export function acceptedEditFields(
  model: NamedModel,
  picture: PictureModel,
  defaultModel: string,
): AcceptedFields {
  const image = "The picture to begin from: a JPEG, PNG or WebP file of up to 20 MiB.";
  return without(lackingImageFields(picture), {
    ...describeCommon(model, picture, defaultModel),
    image: { ...field("picture", image, { default: null }), required: true },
    strength: setting(picture.strength, "How much is made anew; above 0."),
    image_guidance_scale: setting(picture.imageGuidanceScale, "How closely the result follows the picture."),
  });
}

function describeCommon(model: NamedModel, picture: PictureModel, defaultModel: string) {
  const words = describeWords(model, defaultModel);
  const { sizes, numInferenceSteps, guidanceScale } = picture;
  return {
    ...words,
    prompt: { ...words.prompt, required: true },
    n: field("integer", "Pictures, drawn as one batch.", {
      default: 1,
      minimum: 1,
      maximum: maxImages(picture),
    }),
    size: field("string", `Width x height in pixels: ${describeSizes(sizes)}.`, {
      default: showSize(sizes.default),
      ...(sizes.only ? { values: sizes.only.map(showSize) } : {}),
    }),
    response_format: choice("Where the pictures are.", ["url", "b64_json"]),
    output_format: choice("File format.", OUTPUT_FORMATS),
    num_inference_steps: field("integer", "Denoise steps.", numInferenceSteps),
    guidance_scale: field("number", "How closely the picture follows the prompt.", guidanceScale),
  };
}

function choice(description: string, values: readonly string[]): AcceptedField {
  return field("string", description, { default: values[0] ?? null, values });
}

/** A number in a range; models without the range lack the field, and it is left out. */
function setting(range: SettingRange | undefined, description: string): AcceptedField {
  return field("number", description, range ?? { default: null });
}

function without(lacking: Readonly<Record<string, string>>, fields: AcceptedFields): AcceptedFields {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !Object.hasOwn(lacking, name)));
}
