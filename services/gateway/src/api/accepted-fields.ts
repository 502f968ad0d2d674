import type { ClipModel } from "../catalog/catalog-model.ts";
import type { ClipMaker } from "./assert-model-kind.ts";
import { MAX_PROMPT_CODE_POINTS } from "./check-prompt.ts";
import { lacking, MAX_SEED, stepsRange, type VideoField } from "./video-fields.ts";

/** One accepted field of a request, as GET /v1/models lists it. */
export interface AcceptedField {
  readonly type: "string" | "integer" | "number" | "picture" | "video";
  readonly description: string;
  readonly required: boolean;
  readonly default: string | number | null;
  /** Ends of the range, both included. */
  readonly minimum?: number;
  readonly maximum?: number;
  /** The only values accepted. */
  readonly values?: readonly (string | number)[];
}

/** Accepted fields by name. */
export type AcceptedFields = Readonly<Record<string, AcceptedField>>;

/** What POST /v1/videos takes for a model: every field with its range and default. */
export function acceptedVideoFields(model: ClipMaker, defaultModel: string): AcceptedFields {
  const { clip } = model;
  const all: Readonly<Record<VideoField, AcceptedField>> = {
    ...describeWhat(model, defaultModel),
    ...describeShape(clip),
    ...describeSampling(clip),
  };
  const none = lacking(clip);
  return Object.fromEntries(Object.entries(all).filter(([name]) => !Object.hasOwn(none, name)));
}

/** Fields that every kind of request takes. */
export function describeWords(model: { name: string; aliases: readonly string[] }, defaultModel: string) {
  return {
    prompt: field("string", `What should be seen; up to ${MAX_PROMPT_CODE_POINTS} characters.`, {
      default: null,
    }),
    negative_prompt: field("string", "What should not be seen.", { default: null }),
    model: field("string", "This model's name or an alias of it.", {
      default: defaultModel,
      values: [model.name, ...model.aliases],
    }),
    seed: field("integer", "Same seed and same request: same result. Drawn at random when left out.", {
      default: null,
      minimum: 0,
      maximum: MAX_SEED,
    }),
  };
}

function describeWhat(model: ClipMaker, defaultModel: string) {
  const first = "First frame: a JPEG, PNG or WebP file, a data URL, or {image_url: data URL}; up to 20 MiB.";
  const then = model.clip.keyframe ? " Then prompt may be left out." : "";
  return {
    ...describeWords(model, defaultModel),
    input_reference: {
      ...field("picture", `${first}${then}`, { default: null }),
      required: !model.clip.keyframe,
    },
  };
}

function describeShape({ seconds, width, height, fps, numFrames }: ClipModel) {
  return {
    seconds: only("string", "Length in seconds.", seconds),
    size: only("string", "Width x height in pixels.", `${width}x${height}`),
    width: only("integer", "Pixels; together with height, in place of size.", width),
    height: only("integer", "Pixels; together with width, in place of size.", height),
    fps: only("number", "Frames per second.", fps),
    num_frames: only("integer", "Frames of the clip.", numFrames),
  };
}

function describeSampling(clip: ClipModel) {
  const { keyframe, motion } = clip;
  const { default: steps } = (keyframe ?? motion).numInferenceSteps;
  return {
    num_inference_steps: field(
      "integer",
      `Denoise steps of keyframe and motion; left out, the motion takes ${motion.numInferenceSteps.default}.`,
      { default: steps, ...stepsRange(clip) },
    ),
    guidance_scale: field("number", "How closely the picture follows the prompt.", {
      ...(keyframe?.guidanceScale ?? { default: null }),
    }),
  };
}

type Range = Pick<AcceptedField, "default" | "minimum" | "maximum" | "values">;

/** A field that may be left out. */
export function field(type: AcceptedField["type"], description: string, range: Range): AcceptedField {
  return { type, description, required: false, ...range };
}

/** A field that takes one value. */
export function only(
  type: AcceptedField["type"],
  description: string,
  value: string | number,
): AcceptedField {
  return field(type, description, { default: value, values: [value] });
}
