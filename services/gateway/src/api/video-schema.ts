import Type, { type Static } from "typebox";

const nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

/** Something to know about a result that still works. */
export const WarningSchema = Type.Object({
  code: Type.String(),
  message: Type.String(),
  values: Type.Array(Type.String()),
});

/** The Video object of OpenAI's API with Kinora's extensions: what every answer about a video holds. */
export const VideoSchema = Type.Object(
  {
    id: Type.String({ description: "video_ and 32 hex digits." }),
    object: Type.Literal("video"),
    model: Type.String({ description: "The model's name as requested." }),
    status: Type.Union(
      ["queued", "in_progress", "completed", "failed", "cancelled"].map((state) => Type.Literal(state)),
      { description: "The last three are terminal and never change." },
    ),
    progress: Type.Integer({ minimum: 0, maximum: 100, description: "100 only when completed." }),
    prompt: Type.String({ description: "In Unicode NFC; empty when only a picture was given." }),
    created_at: Type.Integer({ description: "Unix seconds." }),
    completed_at: nullable(Type.Integer({ description: "Unix seconds." })),
    expires_at: nullable(Type.Integer({ description: "Always null: videos stay until deleted." })),
    seconds: Type.String({ description: "Length in seconds." }),
    size: Type.String({ description: "Width x height in pixels." }),
    quality: Type.Literal("standard"),
    error: nullable(Type.Object({ code: Type.String(), message: Type.String() })),
    remixed_from_video_id: nullable(Type.String({ description: "The clip that this one is an edit of." })),
    edit: nullable(
      Type.Object(
        {
          source_video_id: nullable(Type.String({ description: "Null for an uploaded clip." })),
          instruction: Type.String(),
          task: nullable(
            Type.String({ description: "For example recolour or slow_motion; null until understood." }),
          ),
        },
        { description: "What an edited clip was made from." },
      ),
    ),
    seed: Type.Integer({ description: "Given, or drawn when the request came in." }),
    warnings: Type.Array(WarningSchema),
    stage: nullable(Type.String({ description: "Stage now running, or where the job failed." })),
    stage_durations: Type.Record(Type.String(), Type.Number(), { description: "Seconds by stage." }),
    model_durations: Type.Record(Type.String(), Type.Number(), {
      description: "Seconds inside model runs by stage.",
    }),
    inference_time_s: nullable(Type.Number({ description: "Seconds inside model runs, when completed." })),
  },
  { $id: "Video", title: "Video" },
);

/** A page of videos. */
export const VideoListSchema = Type.Object(
  {
    object: Type.Literal("list"),
    data: Type.Array(Type.Unsafe<VideoJson>(Type.Ref("Video#"))),
    first_id: nullable(Type.String()),
    last_id: nullable(Type.String()),
    has_more: Type.Boolean(),
  },
  { $id: "VideoList", title: "VideoList" },
);

/** What deleting a video answers. */
export const DeletedVideoSchema = Type.Object(
  { id: Type.String(), object: Type.Literal("video.deleted"), deleted: Type.Literal(true) },
  { $id: "DeletedVideo", title: "DeletedVideo" },
);

/** The Video object as TypeScript sees it. */
export type VideoJson = Omit<Static<typeof VideoSchema>, "status"> & {
  status: "queued" | "in_progress" | "completed" | "failed" | "cancelled";
};
