import { readdir } from "node:fs/promises";
import { AppError, errorMessage } from "@kinora/errors";
import type { CatalogModel, UnavailableModel } from "./catalog/catalog-model.ts";
import { createFolderReader, type FolderReader } from "./catalog/folder-reader.ts";
import { type ForeignJson, parseForeignJson } from "./catalog/kinora-json.ts";
import { readComposedFolder } from "./catalog/read-composed-folder.ts";
import { readDiffusersFolder } from "./catalog/read-diffusers-folder.ts";
import { type FolderModel, readFamilyFolder } from "./catalog/read-family-folder.ts";

/** The models that this gateway offers. */
export interface ModelCatalog {
  /** What a request without `model` gets. */
  readonly defaultModel: string;
  list(): readonly CatalogModel[];
  /** Folders that look like models and cannot be served. */
  unavailable(): readonly UnavailableModel[];
  /** By folder name or alias; throws `model_not_found`, or `model_invalid` for an unavailable one. */
  resolve(nameOrAlias: string): CatalogModel;
}

/** Where the models are and what else they are called. */
export interface ModelCatalogOptions {
  readonly modelsDir: string;
  /** Alias to folder name, for example { "sora-2": "pocket" }. */
  readonly aliases: Readonly<Record<string, string>>;
  readonly defaultModel: string;
}

/**
 * Reads every folder of `modelsDir` that holds a model_index.json or a kinora.json, once. A folder
 * that cannot be read is listed as unavailable and takes no other down. Throws `config_invalid` when
 * the default or an alias names no folder.
 */
export async function createModelCatalog(options: ModelCatalogOptions): Promise<ModelCatalog> {
  const { modelsDir, aliases, defaultModel } = options;
  const { models: found, refused } = await readFolders(modelsDir);
  const aliasesOf = (name: string) => Object.keys(aliases).filter((alias) => aliases[alias] === name);
  const models = new Map([...found].map(([name, model]) => [name, { ...model, aliases: aliasesOf(name) }]));
  const names = [...models.keys(), ...refused.keys()];
  const here = names.join(", ") || "none";
  const assertHere = (what: string, target: string) => {
    if (names.includes(target)) return;
    throw new AppError("config_invalid", {
      reason: `${what} ${target}, but ${modelsDir} has no such model (it has ${here}).`,
    });
  };
  for (const [alias, target] of Object.entries(aliases)) assertHere(`The alias ${alias} stands for`, target);
  assertHere("The default model is", aliases[defaultModel] ?? defaultModel);
  return {
    defaultModel,
    list: () => [...models.values()],
    unavailable: () =>
      [...refused].map(([name, { message }]) => ({ name, aliases: aliasesOf(name), reason: message })),
    resolve(nameOrAlias) {
      const target = (Object.hasOwn(aliases, nameOrAlias) ? aliases[nameOrAlias] : undefined) ?? nameOrAlias;
      const model = models.get(target);
      if (model) return model;
      const refusal = refused.get(target);
      if (refusal) throw new AppError("model_invalid", refusal.fields, { cause: refusal, param: "model" });
      throw new AppError(
        "model_not_found",
        { model: shorten(nameOrAlias), models: here },
        { param: "model" },
      );
    },
  };
}

/** What the folders turned out to be. */
interface ReadFolders {
  readonly models: Map<string, FolderModel>;
  readonly refused: Map<string, AppError>;
}

type Composition = ForeignJson & { readonly compose: NonNullable<ForeignJson["compose"]> };

async function readFolders(modelsDir: string): Promise<ReadFolders> {
  const read: ReadFolders = { models: new Map(), refused: new Map() };
  const composed: { reader: FolderReader; about: Composition }[] = [];
  const keep = async (name: string, work: () => Promise<FolderModel | undefined>) => {
    try {
      const model = await work();
      if (model) read.models.set(name, model);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      read.refused.set(name, error);
    }
  };
  for (const name of await folderNames(modelsDir)) {
    const reader = createFolderReader(modelsDir, name);
    await keep(name, async () => {
      const about = await readComposition(reader);
      if (about) composed.push({ reader, about });
      return about ? undefined : await readFolder(reader);
    });
  }
  // Compositions join folders only, not each other, so all others have been read by now.
  for (const { reader, about } of composed) {
    await keep(reader.name, () => readComposedFolder(reader, about, (name) => read.models.get(name)));
  }
  return sorted(read);
}

/** The kinora.json of a composition; undefined for any other folder. */
async function readComposition(reader: FolderReader): Promise<Composition | undefined> {
  if (!(await reader.has("kinora.json"))) return undefined;
  const content = await reader.readJson("kinora.json");
  if (!("compose" in content)) return undefined;
  const { compose, ...about } = parseForeignJson(reader.name, content);
  return compose && { ...about, compose };
}

async function readFolder(reader: FolderReader): Promise<FolderModel | undefined> {
  const hasIndex = await reader.has("model_index.json");
  const isOurs = hasIndex
    ? (await reader.readJson("model_index.json"))["_class_name"] === "KinoraVideoPipeline"
    : await reader.has("kinora.json");
  if (isOurs) return readFamilyFolder(reader);
  return hasIndex ? readDiffusersFolder(reader) : undefined;
}

async function folderNames(modelsDir: string): Promise<string[]> {
  try {
    const entries = await readdir(modelsDir);
    return entries.filter((name) => !name.startsWith(".")).sort();
  } catch (error) {
    const reason = `The models folder ${modelsDir} cannot be read: ${errorMessage(error)}.`;
    throw new AppError("config_invalid", { reason }, { cause: error });
  }
}

function sorted({ models, refused }: ReadFolders): ReadFolders {
  return { refused, models: new Map([...models].sort(([a], [b]) => (a < b ? -1 : 1))) };
}

function shorten(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
