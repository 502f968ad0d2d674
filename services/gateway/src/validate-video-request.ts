import { createHash } from "node:crypto";
import { AppError } from "@kinora/errors";
import { checkPrompt, promptRequired } from "./api/check-prompt.ts";
import { assertPictureSize, INPUT_REFERENCE, parseInputReference } from "./api/parse-input-reference.ts";
import { type FieldEncoding, invalid, parseInteger, parseNumber, parseString } from "./api/parse-value.ts";
import { showValue } from "./api/show-value.ts";
import { assertKnownFields, assertSupportedFields, MAX_SEED, stepsRange } from "./api/video-fields.ts";
import type { CatalogModel, ModelCatalog } from "./model-catalog.ts";
import type { VideoRequest } from "./video-job.ts";

/** A request for a clip as it came in by REST or gRPC. */
export interface RawVideoRequest {
  /** Fields by name; null and undefined count as not sent. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** Bytes of the uploaded file `input_reference`. */
  readonly file?: Uint8Array | undefined;
  readonly encoding: FieldEncoding;
}

/** Makes a PNG of exactly `size` from a JPEG, PNG or WebP; throws `invalid_image`. */
export type NormalizePicture = (
  bytes: Uint8Array,
  size: { readonly width: number; readonly height: number },
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
  raw: RawVideoRequest,
  ports: ValidationPorts,
): Promise<ValidVideoRequest> {
  const reader = new FieldReader(raw);
  assertKnownFields(reader.names);
  const requestedModel = reader.read("model", parseString) ?? ports.models.defaultModel;
  const model = ports.models.resolve(requestedModel);
  assertSupportedFields(reader.names, model);
  assertShape(reader, model);
  const settings = readSettings(reader, model);
  const prompt = checkPrompt(reader.read("prompt", parseString) ?? "");
  const seed = reader.read("seed", (field) => parseInteger(field, { minimum: 0, maximum: MAX_SEED }));
  const uploaded = readPicture(raw, reader);
  if (prompt === "" && !uploaded) throw promptRequired();
  const fingerprint = fingerprintOf(reader.parsed, uploaded);
  const picture = uploaded ? await normalize(uploaded, model, ports) : null;
  const { width, height, fps, numFrames, seconds } = model;
  const request = {
    kind: "video" as const,
    model: model.name,
    requestedModel,
    prompt,
    seed: seed ?? ports.drawSeed(),
    ...settings,
    width,
    height,
    fps,
    numFrames,
    seconds,
  };
  return { request, picture, fingerprint } as ValidVideoRequest;
}

/** Reads fields by name and remembers what they parsed to, for the fingerprint. */
class FieldReader {
  readonly names: readonly string[];
  readonly parsed: Record<string, string | number> = {};
  readonly #raw: RawVideoRequest;

  constructor(raw: RawVideoRequest) {
    this.#raw = raw;
    this.names = Object.keys(raw.fields).filter((name) => this.raw(name) !== undefined);
  }

  raw(name: string): unknown {
    return Object.hasOwn(this.#raw.fields, name) ? (this.#raw.fields[name] ?? undefined) : undefined;
  }

  read<T extends string | number>(
    name: string,
    parse: (field: { name: string; value: unknown; encoding: FieldEncoding }) => T,
  ): T | undefined {
    const value = this.raw(name);
    if (value === undefined) return undefined;
    const parsed = parse({ name, value, encoding: this.#raw.encoding });
    this.parsed[name] = parsed;
    return parsed;
  }
}

function assertShape(reader: FieldReader, model: CatalogModel): void {
  const size = `${model.width}x${model.height}`;
  const given = reader.read("size", parseString);
  if (given !== undefined && given.toLowerCase() !== size) {
    throw invalid("size", `size must be ${size} for model ${model.name}; got ${showValue(given)}.`);
  }
  const only = (name: string, value: number) =>
    reader.read(name, (field) => parseNumber(field, { minimum: value, maximum: value }));
  const width = only("width", model.width);
  const height = only("height", model.height);
  if ((width === undefined) !== (height === undefined)) {
    const missing = width === undefined ? "width" : "height";
    throw invalid(missing, `${missing} is missing: send width and height together, or size.`);
  }
  only("fps", model.fps);
  only("num_frames", model.numFrames);
  reader.read("seconds", ({ value }) => {
    // The SDKs send "4", SGLang's clients 4.
    if ((typeof value === "string" || typeof value === "number") && String(value) === model.seconds) {
      return model.seconds;
    }
    throw invalid(
      "seconds",
      `seconds must be ${showValue(model.seconds)} for model ${model.name}; got ${showValue(value)}.`,
    );
  });
}

function readSettings(reader: FieldReader, model: CatalogModel) {
  const steps = reader.read("num_inference_steps", (field) => parseInteger(field, stepsRange(model)));
  const scale = reader.read("guidance_scale", (field) => parseNumber(field, model.keyframe.guidanceScale));
  return {
    keyframeSteps: steps ?? model.keyframe.numInferenceSteps.default,
    motionSteps: steps ?? model.motion.numInferenceSteps.default,
    guidanceScale: scale ?? model.keyframe.guidanceScale.default,
  };
}

function readPicture(raw: RawVideoRequest, reader: FieldReader): Uint8Array | undefined {
  const text = reader.raw(INPUT_REFERENCE);
  if (raw.file === undefined) return text === undefined ? undefined : parseInputReference(text);
  if (text !== undefined) throw invalid(INPUT_REFERENCE, "input_reference was sent twice; send one picture.");
  return assertPictureSize(raw.file);
}

async function normalize(
  bytes: Uint8Array,
  model: CatalogModel,
  ports: ValidationPorts,
): Promise<Uint8Array> {
  try {
    const { png } = await ports.normalizePicture(bytes, { width: model.width, height: model.height });
    return png;
  } catch (error) {
    if (!(error instanceof AppError) || error.param !== undefined) throw error;
    throw new AppError(error.code, error.fields, { cause: error, param: INPUT_REFERENCE });
  }
}

function fingerprintOf(parsed: Record<string, string | number>, picture: Uint8Array | undefined): string {
  const fields = Object.entries(parsed).sort(([a], [b]) => (a < b ? -1 : 1));
  const digest = picture ? createHash("sha256").update(picture).digest("hex") : null;
  return createHash("sha256")
    .update(JSON.stringify([fields, digest]))
    .digest("hex");
}
