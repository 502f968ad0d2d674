import { AppError } from "@kinora/errors";
import Type from "typebox";
import type { AddRoute } from "../api-context.ts";
import { refusals } from "../error-schema.ts";
import { modelList } from "../model-json.ts";

/** GET /v1/models and /v1/models/{id}: what can make clips and pictures, and what each accepts. */
export const addModels: AddRoute = (app, { deps: { models } }) => {
  const base = { tags: ["models"], security: [{ key: [] }] };
  app.route({
    method: "GET",
    url: "/v1/models",
    schema: {
      ...base,
      operationId: "listModels",
      summary: "Lists the models with the fields that each accepts",
      response: { 200: { description: "All models.", ...Type.Ref("ModelList#") }, ...refusals() },
    },
    handler: async () => ({ object: "list", data: modelList(models) }),
  });
  app.route<{ Params: { id: string } }>({
    method: "GET",
    url: "/v1/models/:id",
    schema: {
      ...base,
      operationId: "getModel",
      summary: "Reads one model by name or alias",
      params: Type.Object({ id: Type.String() }),
      response: { 200: { description: "The model.", ...Type.Ref("Model#") }, ...refusals(404) },
    },
    handler: async (request) => {
      const name = request.params.id;
      const model = modelList(models).find(({ id, aliases }) => id === name || aliases.includes(name));
      if (model) return model;
      // In a path a missing model is a missing page; in a request's body it is a wrong value.
      throw new AppError("not_found", { path: `/v1/models/${name.slice(0, 80)}` });
    },
  });
};
