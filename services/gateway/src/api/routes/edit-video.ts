import { AppError } from "@kinora/errors";
import type { FastifyReply, FastifyRequest } from "fastify";
import Type from "typebox";
import { NAMED_TASKS } from "../../edit-job.ts";
import { type AddRoute, type ApiContext, principalOf } from "../api-context.ts";
import { assertKnownEditFields, EXTENSION_FIELDS, VIDEO, VIDEO_EDIT_FIELDS } from "../edit-fields.ts";
import { refusals } from "../error-schema.ts";
import { readRequestBody } from "../read-request-body.ts";
import { attemptOf, headerOf, IDEMPOTENCY_HEADERS } from "../request-headers.ts";
import { createUploadedFile, MAX_VIDEO_BYTES, type UploadedFile } from "../uploaded-clip.ts";
import { pollHeaders, VIDEO_ANSWER, VIDEO_PARAMS, type VideoParams } from "../video-answer.ts";
import { toVideoJson } from "../video-json.ts";

/** Room for the text around an uploaded file. */
const FORM_BYTES = 64 * 1024;

const WORDS = "What should change, in words; with task extend, what happens next.";

const properties = {
  prompt: Type.Optional(Type.String({ maxLength: 4000, description: WORDS })),
  task: Type.Optional(
    Type.Union(
      NAMED_TASKS.map((task) => Type.Literal(task)),
      { description: "A change of time, in place of words; extend: the clip goes on as prompt says." },
    ),
  ),
  model: Type.Optional(Type.String({ description: "For an uploaded clip; otherwise the clip's own." })),
  seed: Type.Optional(Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })),
  num_inference_steps: Type.Optional(Type.Integer()),
  guidance_scale: Type.Optional(Type.Number({ description: "Left out, as the words need." })),
  image_guidance_scale: Type.Optional(Type.Number()),
};
const closed = { additionalProperties: false };
const Source = Type.Object({ id: Type.String({ description: "A finished video of yours." }) }, closed);
const file = "An MP4 (H.264) of at most 30 seconds, 3840 x 2160 pixels and 64 MiB.";

/** A body with these fields and a clip: one by its id, or a file. */
const bodyWithVideo = (fields: Type.TProperties) => ({
  content: {
    "application/json": { schema: Type.Object({ ...fields, video: Source }, closed) },
    "multipart/form-data": {
      schema: Type.Object(
        {
          ...fields,
          video: Type.Optional(Type.String({ format: "binary", description: file })),
          "video[id]": Type.Optional(Type.String()),
        },
        closed,
      ),
    },
  },
});

const base = {
  tags: ["videos"],
  security: [{ key: [] }],
  headers: IDEMPOTENCY_HEADERS,
  response: { 200: VIDEO_ANSWER, ...refusals(400, 404, 413, 415, 422, 429) },
};

/** POST /v1/videos/edits: a clip that is another one, changed as told. */
export const addEditVideo: AddRoute = (app, context) => {
  app.route({
    method: "POST",
    url: "/v1/videos/edits",
    schema: {
      ...base,
      operationId: "editVideo",
      summary: "Starts a clip that is another one, changed as told",
      description:
        "Words that no edit follows from end the job with code edit_not_understood. The clip stays as it is.",
      body: bodyWithVideo(properties),
    },
    handler: async (request, reply) => {
      await using upload = createUploadedFile();
      return await answer(context, { request, reply, upload });
    },
  });
};

/** POST /v1/videos/extensions: a clip that goes on. */
export const addExtendVideo: AddRoute = (app, context) => {
  const { model, seed, num_inference_steps } = properties;
  const fields = {
    prompt: Type.String({ maxLength: 4000, description: "What happens next, in words." }),
    seconds: Type.Optional(
      Type.Union([Type.String(), Type.Integer()], { description: "What is added: the model's own length." }),
    ),
    ...{ model, seed, num_inference_steps },
  };
  app.route({
    method: "POST",
    url: "/v1/videos/extensions",
    schema: {
      ...base,
      operationId: "extendVideo",
      summary: "Starts a clip that is another one and what happens next",
      description:
        "The last key frame is set in motion as a given picture is; the frames before it stay as they are. An uploaded " +
        "clip may not be longer than what the model makes at once.",
      body: bodyWithVideo(fields),
    },
    handler: async (request, reply) => {
      await using upload = createUploadedFile();
      return await answer(context, { request, reply, upload, extends: true });
    },
  });
};

/** POST /v1/videos/{id}/remix: the same for the clip in the path, as older clients ask. */
export const addRemixVideo: AddRoute = (app, context) => {
  app.route<{ Params: VideoParams }>({
    method: "POST",
    url: "/v1/videos/:id/remix",
    schema: {
      ...base,
      operationId: "remixVideo",
      summary: "Starts a clip that is this one, changed as told",
      params: VIDEO_PARAMS,
      body: { content: { "application/json": { schema: Type.Object(properties, closed) } } },
    },
    handler: async (request, reply) => {
      await using upload = createUploadedFile();
      return await answer(context, {
        request: request as FastifyRequest,
        reply,
        upload,
        remixOf: request.params.id,
      });
    },
  });
};

interface EditCall {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly upload: UploadedFile;
  readonly remixOf?: string;
  readonly extends?: boolean;
}

async function answer({ limits, edits, retriedPosts }: ApiContext, call: EditCall) {
  const { request, reply, upload, remixOf } = call;
  const known = call.extends ? EXTENSION_FIELDS : VIDEO_EDIT_FIELDS;
  assertAnnouncedSize(request, reply);
  const raw = await readRequestBody(request, limits, {
    fileField: remixOf === undefined ? VIDEO : undefined,
    objects: [VIDEO],
    assertKnownFields: (names) => assertKnownEditFields(names, known),
    largeFile: { maxBytes: MAX_VIDEO_BYTES, write: (body) => upload.write(body) },
  });
  const record = await edits.create({
    principal: principalOf(request),
    raw,
    remixOf,
    extends: call.extends,
    uploadPath: upload.path,
    idempotencyKey: headerOf(request, "idempotency-key"),
    attempt: attemptOf(request),
  });
  reply.raw.once("finish", () => retriedPosts.answered(record));
  return reply.headers(pollHeaders(record, limits)).send(toVideoJson(record));
}

/** Refuses a body that says it is too large before any of it is read; the connection ends with the answer. */
function assertAnnouncedSize(request: FastifyRequest, reply: FastifyReply): void {
  const announced = Number(request.headers["content-length"] ?? 0);
  if (announced <= MAX_VIDEO_BYTES + FORM_BYTES) return;
  reply.header("connection", "close");
  const fields = { what: VIDEO, limit: `${MAX_VIDEO_BYTES / 1024 / 1024} MiB` };
  throw new AppError("payload_too_large", fields, { param: VIDEO });
}
