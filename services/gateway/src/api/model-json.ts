import type { CatalogModel, UnavailableModel } from "../catalog/catalog-model.ts";
import type { ModelCatalog } from "../model-catalog.ts";
import { acceptedClipEditFields, acceptedExtensionFields } from "./accepted-clip-edit-fields.ts";
import { type AcceptedFields, acceptedVideoFields } from "./accepted-fields.ts";
import { acceptedEditFields, acceptedGenerationFields } from "./accepted-image-fields.ts";
import { type ClipMaker, isClipMaker } from "./assert-model-kind.ts";
import type { ModelJson } from "./model-schema.ts";

/** Every model, those that cannot be served too, as the API lists them. */
export function modelList(models: ModelCatalog): ModelJson[] {
  const { defaultModel } = models;
  return [
    ...models.list().map((model) => toModelJson(model, defaultModel)),
    ...models.unavailable().map(toUnavailableJson),
  ];
}

function toModelJson(model: CatalogModel, defaultModel: string): ModelJson {
  const endpoints = endpointsOf(model, defaultModel);
  return {
    id: model.name,
    object: "model",
    created: model.createdAtS,
    owned_by: "kinora",
    kind: model.kind,
    status: "available",
    reason: null,
    aliases: [...model.aliases],
    digest: model.digest,
    languages: [...model.languages],
    fields: Object.values(endpoints)[0] ?? {},
    endpoints,
    edits: editsOf(model),
    vocabulary: [...model.vocabulary],
  };
}

function endpointsOf(model: CatalogModel, defaultModel: string): Record<string, AcceptedFields> {
  const { picture, pictureEdit } = model;
  return {
    ...(isClipMaker(model) ? { "/v1/videos": acceptedVideoFields(model, defaultModel) } : {}),
    ...(picture ? { "/v1/images/generations": acceptedGenerationFields(model, picture, defaultModel) } : {}),
    ...(isClipMaker(model) ? clipEditEndpoints(model, defaultModel) : {}),
    ...(pictureEdit ? { "/v1/images/edits": acceptedEditFields(model, pictureEdit, defaultModel) } : {}),
  };
}

function clipEditEndpoints(model: ClipMaker, defaultModel: string): Record<string, AcceptedFields> {
  return {
    "/v1/videos/edits": acceptedClipEditFields(model, defaultModel),
    ...(model.clip.motion.direct
      ? {}
      : { "/v1/videos/extensions": acceptedExtensionFields(model, defaultModel) }),
  };
}

/** What can be asked for in words; without a predictor, nothing. */
function editsOf({ edits = [] }: CatalogModel): ModelJson["edits"] {
  return edits.map(({ task, values, clipsOnly }) => ({ task, values: [...values], clips_only: clipsOnly }));
}

function toUnavailableJson({ name, aliases, reason }: UnavailableModel): ModelJson {
  return {
    id: name,
    object: "model",
    created: 0,
    owned_by: "kinora",
    kind: "unknown",
    status: "unavailable",
    reason,
    aliases: [...aliases],
    digest: "",
    languages: [],
    fields: {},
    endpoints: {},
    edits: [],
    vocabulary: [],
  };
}
