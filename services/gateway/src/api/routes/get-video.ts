import { type AddRoute, principalOf } from "../api-context.ts";
import { refusals } from "../error-schema.ts";
import { pollHeaders, VIDEO_ANSWER, VIDEO_PARAMS, type VideoParams } from "../video-answer.ts";
import { toVideoJson } from "../video-json.ts";

/** GET /v1/videos/{id}: one clip's record. */
export const addGetVideo: AddRoute = (app, { limits, operations }) => {
  app.route<{ Params: VideoParams }>({
    method: "GET",
    url: "/v1/videos/:id",
    schema: {
      operationId: "getVideo",
      tags: ["videos"],
      security: [{ key: [] }],
      summary: "Reads one clip's record",
      params: VIDEO_PARAMS,
      response: { 200: VIDEO_ANSWER, ...refusals(404) },
    },
    handler: async (request, reply) => {
      const record = await operations.get(principalOf(request).tenant, request.params.id);
      return reply.headers(pollHeaders(record, limits)).send(toVideoJson(record));
    },
  });
};
