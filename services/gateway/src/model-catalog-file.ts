import { AppError } from "@kinora/errors";
import Type, { type Static } from "typebox";
import { Value } from "typebox/value";

const Setting = Type.Object({
  default: Type.Number(),
  minimum: Type.Number(),
  maximum: Type.Number(),
});

const Settings = Type.Object({ num_inference_steps: Setting, guidance_scale: Setting });

const positive = { exclusiveMinimum: 0 };

const KinoraJson = Type.Object({
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

/** Default and allowed range of one setting, both ends included. */
export type SettingRange = Static<typeof Setting>;

/** The part of models/NAME/kinora.json that the API needs; training/export/folder.py writes it. */
export type KinoraJson = Static<typeof KinoraJson>;

/** Checks a kinora.json; throws `model_invalid` naming the first wrong field. */
export function parseKinoraJson(model: string, content: unknown): KinoraJson {
  if (Value.Check(KinoraJson, content)) return content;
  const [first] = Value.Errors(KinoraJson, content);
  const where = first?.instancePath || "the file";
  throw new AppError("model_invalid", {
    model,
    reason: `kinora.json: ${where} ${first?.message ?? "is wrong"}.`,
  });
}
