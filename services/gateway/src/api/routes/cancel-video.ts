import { type AddRoute, principalOf } from "../api-context.ts";
import { refusals } from "../error-schema.ts";
import { pollHeaders, VIDEO_ANSWER, VIDEO_PARAMS, type VideoParams } from "../video-answer.ts";
import { toVideoJson } from "../video-json.ts";

/** POST /v1/videos/{id}/cancel: asks a clip to stop. */
export const addCancelVideo: AddRoute = (app, { limits, operations }) => {
  app.route<{ Params: VideoParams }>({
    method: "POST",
    url: "/v1/videos/:id/cancel",
    schema: {
      operationId: "cancelVideo",
      tags: ["videos"],
      security: [{ key: [] }],
      summary: "Asks a clip to stop",
      description:
        "A queued clip is cancelled at once, a running one before its next step; a finished one is returned unchanged.",
      params: VIDEO_PARAMS,
      response: { 200: VIDEO_ANSWER, ...refusals(404) },
    },
    handler: async (request, reply) => {
      const record = await operations.cancel(principalOf(request).tenant, request.params.id);
      return reply.headers(pollHeaders(record, limits)).send(toVideoJson(record));
    },
  });
};
