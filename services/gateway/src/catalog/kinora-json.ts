import { AppError } from "@kinora/errors";
import Type, { type Static, type TSchema } from "typebox";
import { Value } from "typebox/value";

const Setting = Type.Object({
  default: Type.Number(),
  minimum: Type.Number(),
  maximum: Type.Number(),
});

const Settings = Type.Object({ num_inference_steps: Setting, guidance_scale: Setting });

const positive = { exclusiveMinimum: 0 };

const FamilyJson = Type.Object({
  languages: Type.Array(Type.String()),
  width: Type.Integer(positive),
  height: Type.Integer(positive),
  fps: Type.Number(positive),
  num_frames: Type.Integer(positive),
  keyframe_count: Type.Integer(positive),
  keyframe_fps: Type.Number(positive),
  t2i: Settings,
  i2v: Settings,
});

const EditorConfig = Type.Object({
  defaults: Type.Object({
    num_inference_steps: Type.Integer(positive),
    guidance_scale: Type.Number(),
    image_guidance_scale: Type.Number(),
  }),
});

const PredictorConfig = Type.Object({
  tasks: Type.Array(
    Type.Object({
      name: Type.String(),
      clip_only: Type.Boolean(),
      drawn: Type.Boolean(),
      supported: Type.Optional(Type.Array(Type.String())),
    }),
  ),
  not_understood: Type.String(),
});

const FolderName = Type.String({ pattern: "^[A-Za-z0-9][A-Za-z0-9._-]*$" });

const ForeignJson = Type.Object({
  languages: Type.Optional(Type.Array(Type.String())),
  /** Folders that a composed video model joins. */
  compose: Type.Optional(Type.Object({ keyframe: FolderName, motion: FolderName })),
  width: Type.Optional(Type.Integer(positive)),
  height: Type.Optional(Type.Integer(positive)),
  /** The only sizes that the folder's graphs draw. */
  sizes: Type.Optional(Type.Array(Type.String({ pattern: "^\\d{1,5}x\\d{1,5}$" }), { minItems: 1 })),
  fps: Type.Optional(Type.Integer(positive)),
  num_frames: Type.Optional(Type.Integer(positive)),
  t2i: Type.Optional(Type.Partial(Settings)),
  i2v: Type.Optional(
    Type.Partial(
      Type.Object({
        num_inference_steps: Setting,
        /** Of the last frame. */
        guidance_scale: Setting,
        min_guidance_scale: Setting,
        motion_bucket_id: Setting,
        noise_aug_strength: Setting,
      }),
    ),
  ),
});

/** Default and allowed range of one setting, both ends included. */
export type SettingRange = Static<typeof Setting>;

/** kinora.json of our own family, as far as the API needs it; training/export/folder.py writes it. */
export type FamilyJson = Static<typeof FamilyJson>;

/**
 * kinora.json beside a diffusers folder, or of a composed model: `compose` names the folders, the
 * rest overrides what their configs say.
 */
export type ForeignJson = Static<typeof ForeignJson>;

/** Checks a kinora.json of our own family; throws `model_invalid` naming the first wrong field. */
export function parseFamilyJson(model: string, content: unknown): FamilyJson {
  return check(FamilyJson, { model, file: "kinora.json" }, content);
}

/** editor/config.json of our own family, as far as the API needs it. */
export type EditorConfig = Static<typeof EditorConfig>;

/** Checks an editor/config.json; throws `model_invalid` naming the first wrong field. */
export function parseEditorConfig(model: string, content: unknown): EditorConfig {
  return check(EditorConfig, { model, file: "editor/config.json" }, content);
}

/** task_predictor/config.json of our own family, as far as the API needs it. */
export type PredictorConfig = Static<typeof PredictorConfig>;

/** Checks a task_predictor/config.json; throws `model_invalid` naming the first wrong field. */
export function parsePredictorConfig(model: string, content: unknown): PredictorConfig {
  return check(PredictorConfig, { model, file: "task_predictor/config.json" }, content);
}

/** Checks a kinora.json of another family or of a composition; throws `model_invalid` likewise. */
export function parseForeignJson(model: string, content: unknown): ForeignJson {
  return check(ForeignJson, { model, file: "kinora.json" }, content);
}

function check<S extends TSchema>(
  schema: S,
  { model, file }: { model: string; file: string },
  content: unknown,
): Static<S> {
  if (Value.Check(schema, content)) return content;
  const [first] = Value.Errors(schema, content);
  const where = first?.instancePath || "the file";
  throw new AppError("model_invalid", {
    model,
    reason: `${file}: ${where} ${first?.message ?? "is wrong"}.`,
  });
}
