import Type, { type Static } from "typebox";
import type { AcceptedFields } from "./accepted-fields.ts";

const Field = Type.Object({
  type: Type.Union(["string", "integer", "number", "picture", "video"].map((type) => Type.Literal(type))),
  description: Type.String(),
  required: Type.Boolean(),
  default: Type.Union([Type.String(), Type.Number(), Type.Null()]),
  minimum: Type.Optional(Type.Number()),
  maximum: Type.Optional(Type.Number()),
  values: Type.Optional(Type.Array(Type.Union([Type.String(), Type.Number()]))),
});

const Fields = Type.Record(Type.String(), Field);

const literals = (...values: readonly string[]) => Type.Union(values.map((value) => Type.Literal(value)));

/** The Model object of OpenAI's API with what Kinora's models accept. */
export const ModelSchema = Type.Object(
  {
    id: Type.String(),
    object: Type.Literal("model"),
    created: Type.Integer({ description: "Unix seconds; 0 for an unavailable model." }),
    owned_by: Type.Literal("kinora"),
    kind: literals("video", "image", "image_edit", "motion", "unknown"),
    status: literals("available", "unavailable"),
    reason: Type.Union([Type.String(), Type.Null()], {
      description: "Why it is unavailable: one sentence that names the file and what was expected.",
    }),
    aliases: Type.Array(Type.String()),
    digest: Type.String({ description: "SHA-256 of the model folder's manifest." }),
    languages: Type.Array(Type.String(), { description: "ISO 639-1 codes." }),
    fields: {
      ...Fields,
      description:
        "Accepted fields of the first of its endpoints by name: POST /v1/videos for models of clips.",
    },
    endpoints: Type.Record(Type.String(), Fields, {
      description: "Accepted fields by the path that they are posted to.",
    }),
    edits: Type.Array(
      Type.Object({
        task: Type.String(),
        values: Type.Array(Type.String(), {
          description: "What it can lead to; empty: there is nothing to choose.",
        }),
        clips_only: Type.Boolean(),
      }),
      {
        description:
          "Changes that can be asked for in words. Empty: none, or a pipeline that takes any instruction.",
      },
    ),
    vocabulary: Type.Array(Type.String(), {
      description: "Words that the model knows; others come back as warnings. Empty: it takes any text.",
    }),
  },
  { $id: "Model", title: "Model" },
);

/** All models. */
export const ModelListSchema = Type.Object(
  { object: Type.Literal("list"), data: Type.Array(Type.Unsafe<ModelJson>(Type.Ref("Model#"))) },
  { $id: "ModelList", title: "ModelList" },
);

type Described = Static<typeof ModelSchema>;

/** The Model object as TypeScript sees it. */
export type ModelJson = Omit<Described, "fields" | "endpoints" | "kind" | "status"> & {
  kind: "video" | "image" | "image_edit" | "motion" | "unknown";
  status: "available" | "unavailable";
  fields: AcceptedFields;
  endpoints: Readonly<Record<string, AcceptedFields>>;
};
