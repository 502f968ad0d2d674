import { AppError } from "@kinora/errors";
import type { FastifyReply, FastifyRequest } from "fastify";
import Type from "typebox";
import { MAX_IMAGES } from "../../validate-image-request.ts";
import { type AddRoute, type ApiContext, principalOf } from "../api-context.ts";
import { refusals } from "../error-schema.ts";
import { toImagesJson } from "../image-answer.ts";
import { assertKnownImageFields, EDIT_FIELDS, GENERATION_FIELDS, IMAGE } from "../image-fields.ts";
import { publicBaseUrl } from "../public-base-url.ts";
import { type FormShape, readRequestBody } from "../read-request-body.ts";
import { attemptOf, headerOf, IDEMPOTENCY_HEADERS } from "../request-headers.ts";

const literals = (...values: readonly string[]) => Type.Union(values.map((value) => Type.Literal(value)));

const shared = {
  prompt: Type.String({ maxLength: 4000 }),
  model: Type.Optional(Type.String({ description: "A model's name or alias; see GET /v1/models." })),
  n: Type.Optional(Type.Integer({ minimum: 1, maximum: MAX_IMAGES, default: 1 })),
  size: Type.Optional(Type.String({ description: "Width x height, for example 512x512, or auto." })),
  response_format: Type.Optional(
    Type.Union([Type.Literal("url"), Type.Literal("b64_json")], { default: "url" }),
  ),
  output_format: Type.Optional(literals("png", "jpeg", "webp")),
  user: Type.Optional(Type.String()),
  negative_prompt: Type.Optional(Type.String({ maxLength: 4000, description: "What should not be seen." })),
  seed: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: Number.MAX_SAFE_INTEGER,
      description: "Of the whole batch: n pictures are drawn from one generator.",
    }),
  ),
  num_inference_steps: Type.Optional(Type.Integer()),
  guidance_scale: Type.Optional(Type.Number()),
  quality: Type.Optional(literals("auto", "standard")),
  background: Type.Optional(literals("auto", "opaque")),
};

const generationBody = Type.Object(
  { ...shared, guidance_rescale: Type.Optional(Type.Number()) },
  { additionalProperties: false },
);

const editBody = Type.Object(
  {
    ...shared,
    image: Type.String({ format: "binary", description: "A JPEG, PNG or WebP picture of up to 20 MiB." }),
    strength: Type.Optional(
      Type.Number({
        exclusiveMinimum: 0,
        maximum: 1,
        description: "How much is made anew, for models that draw.",
      }),
    ),
    image_guidance_scale: Type.Optional(Type.Number({ description: "For models that edit as told." })),
  },
  { additionalProperties: false },
);

const base = {
  tags: ["images"],
  security: [{ key: [] }],
  headers: IDEMPOTENCY_HEADERS,
  response: {
    200: { description: "The pictures.", ...Type.Ref("Images#") },
    ...refusals(400, 404, 413, 415, 422, 429),
  },
};
const waits =
  "Answers when the pictures are done. A caller who leaves cancels them, unless an Idempotency-Key lets the same request find them again.";

/** POST /v1/images/generations: pictures from words. */
export const addGenerateImages: AddRoute = (app, context) => {
  app.route({
    method: "POST",
    url: "/v1/images/generations",
    schema: {
      ...base,
      operationId: "generateImages",
      summary: "Draws pictures from words",
      description: waits,
      body: { content: { "application/json": { schema: generationBody } } },
    },
    handler: (request, reply) => answer(context, request, reply, "generations"),
  });
};

/** POST /v1/images/edits: pictures from a picture and words. */
export const addEditImages: AddRoute = (app, context) => {
  app.route({
    method: "POST",
    url: "/v1/images/edits",
    schema: {
      ...base,
      operationId: "editImage",
      summary: "Changes a picture as told, or makes it anew in part",
      description: `A model that edits follows the prompt as an instruction; one that draws begins from the picture (img2img). ${waits}`,
      body: { content: { "multipart/form-data": { schema: editBody } } },
    },
    handler: (request, reply) => answer(context, request, reply, "edits"),
  });
};

const SHAPES: Readonly<Record<"generations" | "edits", FormShape>> = {
  generations: {
    fileField: undefined,
    objects: [],
    assertKnownFields: (names) => assertKnownImageFields(names, GENERATION_FIELDS),
  },
  edits: {
    fileField: IMAGE,
    refusedFiles: ["mask"],
    objects: [],
    assertKnownFields: (names) => assertKnownImageFields(names, EDIT_FIELDS),
  },
};

async function answer(
  { limits, images, deps, closing, retriedPosts }: ApiContext,
  request: FastifyRequest,
  reply: FastifyReply,
  route: "generations" | "edits",
) {
  const idempotencyKey = headerOf(request, "idempotency-key");
  const raw = await readRequestBody(request, limits, SHAPES[route]);
  const signal = AbortSignal.any([callerLeft(reply), closing]);
  const asker = { principal: principalOf(request), idempotencyKey, attempt: attemptOf(request) };
  const { record, responseFormat } = await images.create({ ...asker, raw, route });
  reply.raw.once("finish", () => retriedPosts.answered(record));
  const keep = idempotencyKey !== undefined;
  const done = await images.finish(record, { signal, keep }).catch((error: unknown) => {
    throw closing.aborted ? new AppError("draining", {}, { cause: error }) : error;
  });
  const baseUrl = publicBaseUrl(request, deps.publicUrl);
  return toImagesJson(done, { store: deps.store, responseFormat, baseUrl });
}

/** Aborts when the connection closes before the answer is out. */
function callerLeft(reply: FastifyReply): AbortSignal {
  const gone = new AbortController();
  reply.raw.once("close", () => {
    if (!reply.raw.writableFinished) gone.abort(new AppError("cancelled"));
  });
  return gone.signal;
}
