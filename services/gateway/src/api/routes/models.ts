import { AppError } from "@kinora/errors";
import Type from "typebox";
import type { CatalogModel } from "../../model-catalog.ts";
import { acceptedFields } from "../accepted-fields.ts";
import type { AddRoute } from "../api-context.ts";
import { refusals } from "../error-schema.ts";
import type { ModelJson } from "../model-schema.ts";

/** GET /v1/models and /v1/models/{id}: what can make clips, and what each accepts. */
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
    handler: async () => ({
      object: "list",
      data: models.list().map((model) => toModelJson(model, models.defaultModel)),
    }),
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
      const model = models.list().find((known) => known.name === name || known.aliases.includes(name));
      if (model) return toModelJson(model, models.defaultModel);
      // In a path a missing model is a missing page; in a request's body it is a wrong value.
      throw new AppError("not_found", { path: `/v1/models/${name.slice(0, 80)}` });
    },
  });
};

function toModelJson(model: CatalogModel, defaultModel: string): ModelJson {
  return {
    id: model.name,
    object: "model",
    created: model.createdAtS,
    owned_by: "kinora",
    aliases: [...model.aliases],
    digest: model.digest,
    languages: [...model.languages],
    fields: acceptedFields(model, defaultModel),
    vocabulary: [...model.vocabulary],
  };
}
