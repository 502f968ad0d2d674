import Type from "typebox";
import { type AddRoute, principalOf } from "../api-context.ts";
import { refusals } from "../error-schema.ts";

/** DELETE /v1/images/{id}: forgets the pictures of one request. */
export const addDeleteImage: AddRoute = (app, { images }) => {
  app.route<{ Params: { id: string } }>({
    method: "DELETE",
    url: "/v1/images/:id",
    schema: {
      operationId: "deleteImage",
      tags: ["images"],
      security: [{ key: [] }],
      summary: "Deletes the pictures of one request",
      description:
        "A request that still runs is cancelled first. The files go once no other picture or clip needs them.",
      params: Type.Object({ id: Type.String({ description: "The id of POST /v1/images/generations." }) }),
      response: { 200: { description: "They are gone.", ...Type.Ref("DeletedImage#") }, ...refusals(404) },
    },
    handler: async (request) => {
      const { id } = request.params;
      await images.delete(principalOf(request).tenant, id);
      return { id, object: "image.deleted", deleted: true };
    },
  });
};
