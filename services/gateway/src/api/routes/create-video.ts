import Type from "typebox";
import { type AddRoute, principalOf } from "../api-context.ts";
import { refusals } from "../error-schema.ts";
import { INPUT_REFERENCE } from "../parse-input-reference.ts";
import { type FormShape, readRequestBody } from "../read-request-body.ts";
import { attemptOf, headerOf, IDEMPOTENCY_HEADERS } from "../request-headers.ts";
import { pollHeaders, VIDEO_ANSWER } from "../video-answer.ts";
import { assertKnownFields } from "../video-fields.ts";
import { toVideoJson } from "../video-json.ts";

const DataUrl = Type.String({ description: "A data URL: data:image/png;base64,... (PNG, JPEG or WebP)." });

const properties = {
  prompt: Type.Optional(
    Type.String({ maxLength: 4000, description: "May be left out with input_reference." }),
  ),
  negative_prompt: Type.Optional(Type.String({ maxLength: 4000, description: "For models that take one." })),
  model: Type.Optional(Type.String({ description: "A model's name or alias; see GET /v1/models." })),
  seconds: Type.Optional(
    Type.Union([Type.String(), Type.Integer()], { description: "Length, for example 4." }),
  ),
  size: Type.Optional(Type.String({ description: "Width x height, for example 512x512." })),
  width: Type.Optional(Type.Integer({ description: "With height, in place of size." })),
  height: Type.Optional(Type.Integer({ description: "With width, in place of size." })),
  fps: Type.Optional(Type.Number()),
  num_frames: Type.Optional(Type.Integer()),
  seed: Type.Optional(Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })),
  num_inference_steps: Type.Optional(Type.Integer()),
  guidance_scale: Type.Optional(Type.Number()),
};

const picture = "First frame: a JPEG, PNG or WebP picture of up to 20 MiB.";

const body = {
  content: {
    "application/json": {
      schema: Type.Object(
        {
          ...properties,
          input_reference: Type.Optional(
            Type.Union([DataUrl, Type.Object({ image_url: DataUrl })], { description: picture }),
          ),
        },
        { additionalProperties: false },
      ),
    },
    "multipart/form-data": {
      schema: Type.Object(
        {
          ...properties,
          input_reference: Type.Optional(Type.String({ format: "binary", description: picture })),
          "input_reference[image_url]": Type.Optional(DataUrl),
        },
        { additionalProperties: false },
      ),
    },
  },
};

const SHAPE: FormShape = { fileField: INPUT_REFERENCE, objects: [INPUT_REFERENCE], assertKnownFields };

/** POST /v1/videos: starts a clip. */
export const addCreateVideo: AddRoute = (app, { limits, operations, retriedPosts }) => {
  app.route({
    method: "POST",
    url: "/v1/videos",
    bodyLimit: limits.pictureBodyBytes,
    schema: {
      operationId: "createVideo",
      tags: ["videos"],
      security: [{ key: [] }],
      summary: "Starts a clip from a sentence, a picture, or both",
      headers: IDEMPOTENCY_HEADERS,
      body,
      response: { 200: VIDEO_ANSWER, ...refusals(400, 404, 413, 415, 422, 429) },
    },
    handler: async (request, reply) => {
      const principal = principalOf(request);
      const raw = await readRequestBody(request, limits, SHAPE);
      const record = await operations.create({
        principal,
        raw,
        idempotencyKey: headerOf(request, "idempotency-key"),
        attempt: attemptOf(request),
      });
      reply.raw.once("finish", () => retriedPosts.answered(record));
      return reply.headers(pollHeaders(record, limits)).send(toVideoJson(record));
    },
  });
};
