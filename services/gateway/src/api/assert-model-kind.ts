import { AppError } from "@kinora/errors";
import type { CatalogModel, ClipModel, PictureModel } from "../catalog/catalog-model.ts";
import type { ModelCatalog } from "../model-catalog.ts";
import { invalid } from "./parse-value.ts";

/** A model that makes clips. */
export type ClipMaker = CatalogModel & { readonly clip: ClipModel };

/** A model and what of it makes the pictures of one route. */
export interface PictureMaker {
  readonly name: string;
  readonly picture: PictureModel;
}

/** The model, if it makes clips. Throws `invalid_request` that names those which do. */
export function assertClipModel(model: CatalogModel, models: ModelCatalog): ClipMaker {
  if (isClipMaker(model)) return model;
  throw wrongKind(model, "clips", models.list().filter(isClipMaker));
}

/** What of the model draws pictures from words. Throws `invalid_request` likewise. */
export function assertDrawingModel({ name, picture }: CatalogModel, models: ModelCatalog): PictureMaker {
  if (picture) return { name, picture };
  throw wrongKind(
    { name },
    "pictures from words",
    models.list().filter((other) => other.picture),
  );
}

/**
 * What of the model makes pictures from pictures. Throws `invalid_request` likewise, and
 * `capability_missing` for one of our own family, which would if its folder had an editor.
 */
export function assertPictureEditModel(model: CatalogModel, models: ModelCatalog): PictureMaker {
  const { name, pictureEdit } = model;
  if (pictureEdit) return { name, picture: pictureEdit };
  if (model.picture && model.clip) throw editorMissing(name, "Editing pictures");
  throw wrongKind(
    model,
    "pictures from pictures",
    models.list().filter((other) => other.pictureEdit),
  );
}

/** A model of our own family without its editor. */
export function editorMissing(name: string, capability: string): AppError {
  return new AppError("capability_missing", { capability, reason: `model ${name} has no editor.` });
}

/** Whether a model makes clips. */
export function isClipMaker(model: CatalogModel): model is ClipMaker {
  return model.clip !== undefined;
}

function wrongKind({ name }: { name: string }, what: string, others: readonly CatalogModel[]): AppError {
  const names = others.map((other) => other.name).join(", ") || "none";
  return invalid("model", `Model ${name} does not make ${what}; models here that do: ${names}.`);
}
