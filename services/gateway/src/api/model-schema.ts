import Type, { type Static } from "typebox";
import type { AcceptedField } from "./accepted-fields.ts";

const Field = Type.Object({
  type: Type.Union(["string", "integer", "number", "picture"].map((type) => Type.Literal(type))),
  description: Type.String(),
  required: Type.Boolean(),
  default: Type.Union([Type.String(), Type.Number(), Type.Null()]),
  minimum: Type.Optional(Type.Number()),
  maximum: Type.Optional(Type.Number()),
  values: Type.Optional(Type.Array(Type.Union([Type.String(), Type.Number()]))),
});

/** The Model object of OpenAI's API with what Kinora's models accept. */
export const ModelSchema = Type.Object(
  {
    id: Type.String(),
    object: Type.Literal("model"),
    created: Type.Integer({ description: "Unix seconds." }),
    owned_by: Type.Literal("kinora"),
    aliases: Type.Array(Type.String()),
    digest: Type.String({ description: "SHA-256 of the model folder's manifest." }),
    languages: Type.Array(Type.String(), { description: "ISO 639-1 codes." }),
    fields: Type.Record(Type.String(), Field, { description: "Accepted fields of POST /v1/videos by name." }),
    vocabulary: Type.Array(Type.String(), {
      description: "Words that the model knows; others come back as warnings on the video.",
    }),
  },
  { $id: "Model", title: "Model" },
);

/** All models. */
export const ModelListSchema = Type.Object(
  { object: Type.Literal("list"), data: Type.Array(Type.Unsafe<ModelJson>(Type.Ref("Model#"))) },
  { $id: "ModelList", title: "ModelList" },
);

/** The Model object as TypeScript sees it. */
export type ModelJson = Omit<Static<typeof ModelSchema>, "fields"> & {
  fields: Readonly<Record<string, AcceptedField>>;
};
