import type { CatalogModel } from "../model-catalog.ts";
import { MAX_PROMPT_CODE_POINTS } from "./check-prompt.ts";
import { MAX_SEED, stepsRange, type VideoField } from "./video-fields.ts";

/** One accepted field of POST /v1/videos, as GET /v1/models lists it. */
export interface AcceptedField {
  readonly type: "string" | "integer" | "number" | "picture";
  readonly description: string;
  readonly required: boolean;
  readonly default: string | number | null;
  /** Ends of the range, both included. */
  readonly minimum?: number;
  readonly maximum?: number;
  /** The only values accepted. */
  readonly values?: readonly (string | number)[];
}

/** What a model accepts: every field with its range and default. */
export function acceptedFields(
  model: CatalogModel,
  defaultModel: string,
): Readonly<Record<VideoField, AcceptedField>> {
  const { keyframe, motion, width, height } = model;
  const steps = { default: keyframe.numInferenceSteps.default, ...stepsRange(model) };
  return {
    prompt: field("string", `What should be seen; up to ${MAX_PROMPT_CODE_POINTS} characters.`, {
      default: null,
    }),
    model: field("string", "This model's name or an alias of it.", {
      default: defaultModel,
      values: [model.name, ...model.aliases],
    }),
    input_reference: field(
      "picture",
      "First frame: a JPEG, PNG or WebP file, a data URL, or {image_url: data URL}; up to 20 MiB. Then prompt may be left out.",
      { default: null },
    ),
    seconds: only("string", "Length in seconds.", model.seconds),
    size: only("string", "Width x height in pixels.", `${width}x${height}`),
    width: only("integer", "Pixels; together with height, in place of size.", width),
    height: only("integer", "Pixels; together with width, in place of size.", height),
    fps: only("number", "Frames per second.", model.fps),
    num_frames: only("integer", "Frames of the clip.", model.numFrames),
    seed: field("integer", "Same seed and same request: same clip. Drawn at random when left out.", {
      default: null,
      minimum: 0,
      maximum: MAX_SEED,
    }),
    num_inference_steps: field(
      "integer",
      `Denoise steps of keyframe and motion; left out, the motion takes ${motion.numInferenceSteps.default}.`,
      steps,
    ),
    guidance_scale: field("number", "How closely the picture follows the prompt.", keyframe.guidanceScale),
  };
}

type Range = Pick<AcceptedField, "default" | "minimum" | "maximum" | "values">;

function field(type: AcceptedField["type"], description: string, range: Range): AcceptedField {
  return { type, description, required: false, ...range };
}

function only(type: AcceptedField["type"], description: string, value: string | number): AcceptedField {
  return field(type, description, { default: value, values: [value] });
}
