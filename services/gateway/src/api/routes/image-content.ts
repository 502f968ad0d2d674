import Type from "typebox";
import { imageRequestOf } from "../../image-job.ts";
import { type AddRoute, principalOf } from "../api-context.ts";
import { refusals } from "../error-schema.ts";
import { readPicture } from "../image-answer.ts";
import { pictureFileName } from "../image-operations.ts";
import { invalid, parseInteger } from "../parse-value.ts";

const binary = { schema: { type: "string", format: "binary" } };

/** GET /v1/images/{id}/content: the bytes of one picture, for the tenant that asked for it. */
export const addImageContent: AddRoute = (app, { deps, images }) => {
  app.route<{ Params: { id: string }; Querystring: { index?: unknown } }>({
    method: "GET",
    url: "/v1/images/:id/content",
    exposeHeadRoute: false,
    schema: {
      operationId: "getImageContent",
      tags: ["images"],
      security: [{ key: [] }],
      summary: "Downloads a picture",
      params: Type.Object({ id: Type.String({ description: "The id of POST /v1/images/generations." }) }),
      querystring: Type.Object({ index: Type.Optional(Type.Integer({ minimum: 0, default: 0 })) }),
      response: {
        200: {
          description: "The picture.",
          content: { "image/png": binary, "image/jpeg": binary, "image/webp": binary },
        },
        ...refusals(400, 404),
      },
    },
    handler: async (request, reply) => {
      const { record, pictures } = await images.get(principalOf(request).tenant, request.params.id);
      const index = parseIndex(request.query.index, pictures.length);
      const picture = pictures[index];
      if (!picture) throw new Error(`Picture ${index} of ${record.id} is not there. This is a bug.`);
      const { outputFormat } = imageRequestOf(record);
      const bytes = await readPicture(deps.store, picture, outputFormat);
      reply.headers({
        "content-type": `image/${outputFormat}`,
        "content-disposition": `inline; filename="${pictureFileName(record, index)}.${outputFormat}"`,
        "cache-control": "private, no-cache",
      });
      return reply.send(Buffer.from(bytes));
    },
  });
};

function parseIndex(value: unknown, count: number): number {
  if (value === undefined) return 0;
  if (Array.isArray(value)) throw invalid("index", "index was sent more than once.");
  return parseInteger({ name: "index", value, encoding: "form" }, { minimum: 0, maximum: count - 1 });
}
