import Type from "typebox";
import { type AddRoute, principalOf } from "../api-context.ts";
import { refusals } from "../error-schema.ts";
import { VIDEO_PARAMS, type VideoParams } from "../video-answer.ts";

/** DELETE /v1/videos/{id}: forgets a clip. */
export const addDeleteVideo: AddRoute = (app, { operations }) => {
  app.route<{ Params: VideoParams }>({
    method: "DELETE",
    url: "/v1/videos/:id",
    schema: {
      operationId: "deleteVideo",
      tags: ["videos"],
      security: [{ key: [] }],
      summary: "Deletes a clip",
      description: "A running clip is cancelled first. Its files go once no other clip needs them.",
      params: VIDEO_PARAMS,
      response: { 200: { description: "It is gone.", ...Type.Ref("DeletedVideo#") }, ...refusals(404) },
    },
    handler: async (request) => {
      const { id } = request.params;
      await operations.delete(principalOf(request).tenant, id);
      return { id, object: "video.deleted", deleted: true };
    },
  });
};
