import Type, { type Static } from "typebox";
import { OUTPUT_FORMATS } from "../image-job.ts";
import { WarningSchema } from "./video-schema.ts";

/** The ImagesResponse object of OpenAI's API with Kinora's extensions. */
export const ImagesSchema = Type.Object(
  {
    created: Type.Integer({ description: "Unix seconds." }),
    data: Type.Array(
      Type.Object({
        url: Type.Optional(Type.String({ description: "Where the picture is; asks for the same key." })),
        b64_json: Type.Optional(Type.String({ description: "The picture's bytes in base64." })),
      }),
      { description: "The pictures in the order of their batch." },
    ),
    background: Type.Literal("opaque"),
    output_format: Type.Union(OUTPUT_FORMATS.map((format) => Type.Literal(format))),
    size: Type.String({ description: "Width x height in pixels." }),
    id: Type.String({ description: "image_ and 32 hex digits." }),
    model: Type.String({ description: "The model's name as requested." }),
    seed: Type.Integer({ description: "Given, or drawn when the request came in." }),
    edit: Type.Union(
      [
        Type.Object({
          instruction: Type.String(),
          task: Type.Union([
            Type.String({ description: "For example recolour; null of editors that take any words." }),
            Type.Null(),
          ]),
        }),
        Type.Null(),
      ],
      { description: "Of edited pictures: what was asked for." },
    ),
    warnings: Type.Array(WarningSchema),
    stage_durations: Type.Record(Type.String(), Type.Number(), { description: "Seconds by stage." }),
    inference_time_s: Type.Number({ description: "Seconds inside model runs." }),
  },
  { $id: "Images", title: "Images" },
);

/** What deleting pictures answers. */
export const DeletedImageSchema = Type.Object(
  { id: Type.String(), object: Type.Literal("image.deleted"), deleted: Type.Literal(true) },
  { $id: "DeletedImage", title: "DeletedImage" },
);

/** The Images object as TypeScript sees it. */
export type ImagesJson = Omit<Static<typeof ImagesSchema>, "output_format"> & {
  output_format: (typeof OUTPUT_FORMATS)[number];
};
