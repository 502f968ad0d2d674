import { AppError } from "@kinora/errors";
import { assertClipModel, type ClipMaker } from "./api/assert-model-kind.ts";
import { checkPrompt, promptRequired } from "./api/check-prompt.ts";
import { createFieldReader, type FieldReader, type RawRequest } from "./api/field-reader.ts";
import { assertPictureSize, INPUT_REFERENCE, parseInputReference } from "./api/parse-input-reference.ts";
import { invalid, parseInteger, parseNumber, parseString } from "./api/parse-value.ts";
import { requestFingerprint } from "./api/request-fingerprint.ts";
import { showValue } from "./api/show-value.ts";
import {
  assertKnownFields,
  assertSupportedFields,
  MAX_SEED,
  saysSeconds,
  stepsRange,
} from "./api/video-fields.ts";
import type { PictureSize } from "./catalog/size-rule.ts";
import type { ModelCatalog } from "./model-catalog.ts";
import type { ComposedParts, VideoRequest } from "./video-job.ts";

/** Makes a PNG of exactly `size`, which may depend on the upload's own, from a JPEG, PNG or WebP; throws `invalid_image`. */
export type NormalizePicture = (
  bytes: Uint8Array,
  size: PictureSize | ((source: PictureSize) => PictureSize),
) => Promise<{ readonly png: Uint8Array }>;

/** What validation needs besides the request. */
export interface ValidationPorts {
  readonly models: ModelCatalog;
  /** A random seed for requests without one. */
  readonly drawSeed: () => number;
  readonly normalizePicture: NormalizePicture;
}

declare const validated: unique symbol;

/** A request that may be stored and run. Only validateVideoRequest makes one. */
export interface ValidVideoRequest {
  readonly [validated]: true;
  /** Everything but the reference to the picture, which is not stored yet. */
  readonly request: Omit<VideoRequest, "inputReference">;
  /** The user's picture as a PNG of the model's size. */
  readonly picture: Uint8Array | null;
  /** SHA-256 over the fields and the picture as sent: equal for a repeated request. */
  readonly fingerprint: string;
}

/**
 * Checks a raw request against the model it names and fills in the defaults. Stores nothing.
 * Throws AppError with `param` naming the field at fault. Fields are checked before the picture is
 * decoded, so that a cheap mistake costs nothing.
 */
export async function validateVideoRequest(
  raw: RawRequest,
  ports: ValidationPorts,
): Promise<ValidVideoRequest> {
  const reader = createFieldReader(raw);
  assertKnownFields(reader.names);
  const requestedModel = reader.read("model", parseString) ?? ports.models.defaultModel;
  const model = assertClipModel(ports.models.resolve(requestedModel), ports.models);
  assertSupportedFields(reader.names, model);
  assertShape(reader, model);
  const settings = readSettings(reader, model);
  const texts = readTexts(reader);
  const seed = reader.read("seed", (field) => parseInteger(field, { minimum: 0, maximum: MAX_SEED }));
  const uploaded = readPicture(raw, reader);
  if (!uploaded) assertSaysWhatToMake(texts.prompt, model);
  const fingerprint = requestFingerprint(reader.parsed, uploaded);
  const picture = uploaded ? await normalize(uploaded, model, ports) : null;
  const { width, height, fps, numFrames, seconds } = model.clip;
  const request = {
    kind: "video" as const,
    model: model.name,
    requestedModel,
    ...texts,
    seed: seed ?? ports.drawSeed(),
    ...settings,
    ...{ width, height, fps, numFrames, seconds },
    ...partsOf(model),
  };
  return { request, picture, fingerprint } as ValidVideoRequest;
}

function readTexts(reader: FieldReader) {
  const prompt = checkPrompt(reader.read("prompt", parseString) ?? "");
  const negativePrompt = checkPrompt(reader.read("negative_prompt", parseString) ?? "", "negative_prompt");
  return { prompt, ...(negativePrompt === "" ? {} : { negativePrompt }) };
}

/** Without a picture, the words must say what to draw, and somebody must be there to draw it. */
function assertSaysWhatToMake(prompt: string, { name, clip }: ClipMaker): void {
  if (!clip.keyframe) {
    const reason = `Model ${name} sets a picture in motion: send it in input_reference.`;
    throw new AppError("invalid_image", { reason }, { param: INPUT_REFERENCE });
  }
  if (prompt === "") throw promptRequired();
}

/** The folders of the model's halves; nothing where the model is one folder that does both. */
function partsOf({ name, clip }: ClipMaker): { readonly parts?: ComposedParts } {
  const { keyframe, motion } = clip;
  if (keyframe?.folder === name && motion.folder === name && !motion.direct) return {};
  const keyframeModel = keyframe?.folder ?? null;
  return { parts: { keyframeModel, motionModel: motion.folder, direct: motion.direct ?? null } };
}

function assertShape(reader: FieldReader, { name, clip }: ClipMaker): void {
  const size = `${clip.width}x${clip.height}`;
  const given = reader.read("size", parseString);
  if (given !== undefined && given.toLowerCase() !== size) {
    throw invalid("size", `size must be ${size} for model ${name}; got ${showValue(given)}.`);
  }
  const only = (name: string, value: number) =>
    reader.read(name, (field) => parseNumber(field, { minimum: value, maximum: value }));
  const width = only("width", clip.width);
  const height = only("height", clip.height);
  if ((width === undefined) !== (height === undefined)) {
    const missing = width === undefined ? "width" : "height";
    throw invalid(missing, `${missing} is missing: send width and height together, or size.`);
  }
  only("fps", clip.fps);
  only("num_frames", clip.numFrames);
  reader.read("seconds", ({ value }) => {
    if (saysSeconds(value, clip)) return clip.seconds;
    throw invalid(
      "seconds",
      `seconds must be ${showValue(clip.seconds)} for model ${name}; got ${showValue(value)}.`,
    );
  });
}

function readSettings(reader: FieldReader, { clip }: ClipMaker) {
  const { keyframe, motion } = clip;
  const steps = reader.read("num_inference_steps", (field) => parseInteger(field, stepsRange(clip)));
  const scale = reader.read("guidance_scale", (field) =>
    parseNumber(field, keyframe?.guidanceScale ?? { minimum: 1, maximum: 1 }),
  );
  return {
    keyframeSteps: steps ?? keyframe?.numInferenceSteps.default ?? 0,
    motionSteps: steps ?? motion.numInferenceSteps.default,
    guidanceScale: scale ?? keyframe?.guidanceScale.default ?? 1,
  };
}

function readPicture(raw: RawRequest, reader: FieldReader): Uint8Array | undefined {
  const text = reader.raw(INPUT_REFERENCE);
  if (raw.file === undefined) return text === undefined ? undefined : parseInputReference(text);
  if (text !== undefined) throw invalid(INPUT_REFERENCE, "input_reference was sent twice; send one picture.");
  return assertPictureSize(raw.file);
}

async function normalize(
  bytes: Uint8Array,
  { clip }: ClipMaker,
  ports: ValidationPorts,
): Promise<Uint8Array> {
  try {
    const { png } = await ports.normalizePicture(bytes, { width: clip.width, height: clip.height });
    return png;
  } catch (error) {
    if (!(error instanceof AppError) || error.param !== undefined) throw error;
    throw new AppError(error.code, error.fields, { cause: error, param: INPUT_REFERENCE });
  }
}
