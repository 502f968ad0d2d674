import type { AddRoute } from "../api-context.ts";

/** GET /openapi.json: this API's description; also kept in docs/api/. */
export const addOpenApi: AddRoute = (app) => {
  app.route({
    method: "GET",
    url: "/openapi.json",
    schema: {
      operationId: "openapi",
      tags: ["operations"],
      summary: "This description, in OpenAPI 3.1",
      response: { 200: { description: "OpenAPI.", type: "object", additionalProperties: true } },
    },
    handler: async () => app.swagger(),
  });
};
