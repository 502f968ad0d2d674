import { AppError } from "@kinora/errors";
import { assertDrawingModel, assertPictureEditModel, type PictureMaker } from "./api/assert-model-kind.ts";
import { checkPrompt, promptRequired } from "./api/check-prompt.ts";
import { createFieldReader, type FieldReader, type RawRequest } from "./api/field-reader.ts";
import {
  assertKnownImageFields,
  assertSupportedImageFields,
  EDIT_FIELDS,
  GENERATION_FIELDS,
  IMAGE,
} from "./api/image-fields.ts";
import { assertPictureSize } from "./api/parse-input-reference.ts";
import { invalid, parseInteger, parseNumber, parseString } from "./api/parse-value.ts";
import { requestFingerprint } from "./api/request-fingerprint.ts";
import { showValue } from "./api/show-value.ts";
import { MAX_SEED } from "./api/video-fields.ts";
import type { PictureModel } from "./catalog/catalog-model.ts";
import { acceptsSize, describeSizes, fitSize, type PictureSize, parseSize } from "./catalog/size-rule.ts";
import { type ImageRequest, OUTPUT_FORMATS, type OutputFormat } from "./image-job.ts";
import type { ValidationPorts } from "./validate-video-request.ts";

/** Most pictures of one request. */
export const MAX_IMAGES = 10;

/** Most pictures that a model makes of one request: an editor that reads its instruction changes one. */
export function maxImages({ readsInstruction }: PictureModel): number {
  return readsInstruction ? 1 : MAX_IMAGES;
}

/** How the answer holds the pictures. */
export type ResponseFormat = "url" | "b64_json";

declare const validated: unique symbol;

/** A request that may be stored and run. Only validateImageRequest makes one. */
export interface ValidImageRequest {
  readonly [validated]: true;
  /** Everything but the reference to the picture, which is not stored yet. */
  readonly request: Omit<ImageRequest, "image">;
  /** The user's picture as a PNG of the request's size. */
  readonly picture: Uint8Array | null;
  /** Equal for a repeated request. */
  readonly fingerprint: string;
  readonly responseFormat: ResponseFormat;
}

/**
 * Checks a raw request for pictures ("generations": from words, "edits": from a picture and words)
 * against the model it names and fills in the defaults. Stores nothing. Throws AppError with `param`
 * naming the field at fault.
 */
export async function validateImageRequest(
  raw: RawRequest,
  route: "generations" | "edits",
  ports: ValidationPorts,
): Promise<ValidImageRequest> {
  const reader = createFieldReader(raw);
  assertKnownImageFields(reader.names, route === "edits" ? EDIT_FIELDS : GENERATION_FIELDS);
  const requestedModel = reader.read("model", parseString) ?? ports.models.defaultModel;
  const found = ports.models.resolve(requestedModel);
  const assertMakes = route === "edits" ? assertPictureEditModel : assertDrawingModel;
  const model = assertMakes(found, ports.models);
  assertSupported(reader, model, route);
  const texts = readTexts(reader, found.vocabulary.length === 0 && model.picture.task !== "edit");
  const sampling = readSampling(reader, model.picture);
  const wanted = readSize(reader, model);
  const answer = readAnswer(reader);
  const uploaded = route === "edits" ? readUpload(raw, reader) : undefined;
  const fingerprint = requestFingerprint({ ...reader.parsed, route }, uploaded);
  const { picture, size } = await placePicture(uploaded, wanted, { model, ports });
  const request = {
    kind: "image" as const,
    task: model.picture.task,
    model: model.picture.folder,
    requestedModel,
    ...texts,
    ...sampling,
    seed: sampling.seed ?? ports.drawSeed(),
    ...size,
    outputFormat: answer.outputFormat,
  };
  return { request, picture, fingerprint, responseFormat: answer.responseFormat } as ValidImageRequest;
}

type Route = "generations" | "edits";

/** Fields of the route that this model has no use for, and what to do without them. */
export function lackingImageFields(picture: PictureModel): Readonly<Record<string, string>> {
  const { negativePrompt, guidanceRescale, strength, imageGuidanceScale } = picture;
  return {
    ...(negativePrompt ? {} : { negative_prompt: "Say in prompt what should be seen." }),
    ...(guidanceRescale ? {} : { guidance_rescale: "Its guidance is not rescaled." }),
    ...(strength ? {} : { strength: "Use image_guidance_scale." }),
    ...(imageGuidanceScale ? {} : { image_guidance_scale: "Use strength." }),
  };
}

function assertSupported(reader: FieldReader, { name, picture }: PictureMaker, route: Route): void {
  const fields = new Map(reader.names.map((field) => [field, reader.raw(field)]));
  const lacking = lackingImageFields(picture);
  assertSupportedImageFields(fields, { model: name, lacking });
  if (route === "edits" && reader.raw(IMAGE) !== undefined) {
    throw imageMissing("got text in its place.");
  }
}

/** A foreign text encoder reads a blank text like any other; it must have been sent all the same. */
function readTexts(reader: FieldReader, mayBeBlank: boolean) {
  const sent = reader.read("prompt", parseString);
  const prompt = checkPrompt(sent ?? "");
  if (prompt === "" && (sent === undefined || !mayBeBlank))
    throw promptRequired("Say in prompt what should be seen, or what should change.");
  const negativePrompt = checkPrompt(reader.read("negative_prompt", parseString) ?? "", "negative_prompt");
  return { prompt, ...(negativePrompt === "" ? {} : { negativePrompt }) };
}

function readSampling(reader: FieldReader, picture: PictureModel) {
  const { numInferenceSteps, guidanceScale, guidanceRescale, strength, imageGuidanceScale } = picture;
  const { readsInstruction } = picture;
  const number = (name: string, range: PictureModel["guidanceScale"]) =>
    reader.read(name, (field) => parseNumber(field, range)) ?? range.default;
  const steps = reader.read("num_inference_steps", (field) => parseInteger(field, numInferenceSteps));
  return {
    seed: reader.read("seed", (field) => parseInteger(field, { minimum: 0, maximum: MAX_SEED })),
    count: reader.read("n", (field) => parseInteger(field, { minimum: 1, maximum: maxImages(picture) })) ?? 1,
    steps: steps ?? numInferenceSteps.default,
    guidanceScale: number("guidance_scale", guidanceScale),
    guidanceRescale: guidanceRescale ? number("guidance_rescale", guidanceRescale) : 0,
    ...(imageGuidanceScale ? { imageGuidanceScale: number("image_guidance_scale", imageGuidanceScale) } : {}),
    ...(readsInstruction ? { readsInstruction } : {}),
    ...(strength ? { strength: readStrength(number("strength", strength)) } : {}),
  };
}

function readStrength(strength: number): number {
  if (strength > 0) return strength;
  throw invalid("strength", "strength must be a number above 0, to 1; at 0 nothing would be made.");
}

function readSize(reader: FieldReader, { name, picture }: PictureMaker): PictureSize | undefined {
  const text = reader.read("size", parseString);
  if (text === undefined || text === "auto") return undefined;
  const size = parseSize(text);
  if (size && acceptsSize(picture.sizes, size)) return size;
  const right = describeSizes(picture.sizes);
  throw invalid("size", `size must be ${right}, or auto, for model ${name}; got ${showValue(text)}.`);
}

function readAnswer(reader: FieldReader): { responseFormat: ResponseFormat; outputFormat: OutputFormat } {
  reader.read("user", parseString);
  return {
    responseFormat: readChoice(reader, "response_format", ["url", "b64_json"]),
    outputFormat: readChoice(reader, "output_format", OUTPUT_FORMATS),
  };
}

/** One of a field's values, the first when it was not sent. */
function readChoice<T extends string>(reader: FieldReader, name: string, choices: readonly [T, ...T[]]): T {
  const text = reader.read(name, parseString);
  const choice = text === undefined ? choices[0] : choices.find((value) => value === text);
  if (choice !== undefined) return choice;
  throw invalid(name, `${name} must be ${choices.join(" or ")}; got ${showValue(text)}.`);
}

function readUpload(raw: RawRequest, reader: FieldReader): Uint8Array {
  if (raw.file !== undefined) return assertPictureSize(raw.file, IMAGE);
  throw imageMissing(reader.names.length === 0 ? "the body is empty." : "none was sent.");
}

function imageMissing(got: string): AppError {
  const reason = `image must be one picture file in a multipart/form-data body; ${got}`;
  return new AppError("invalid_image", { reason }, { param: IMAGE });
}

async function placePicture(
  uploaded: Uint8Array | undefined,
  wanted: PictureSize | undefined,
  { model, ports }: { model: PictureMaker; ports: ValidationPorts },
): Promise<{ picture: Uint8Array | null; size: PictureSize }> {
  const rule = model.picture.sizes;
  let size = wanted ?? rule.default;
  if (!uploaded) return { picture: null, size };
  const choose = (source: PictureSize) => (size = wanted ?? fitSize(rule, source));
  try {
    const { png } = await ports.normalizePicture(uploaded, choose);
    return { picture: png, size };
  } catch (error) {
    if (!(error instanceof AppError) || error.param !== undefined) throw error;
    throw new AppError(error.code, error.fields, { cause: error, param: IMAGE });
  }
}
