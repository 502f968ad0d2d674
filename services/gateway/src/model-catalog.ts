import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "@kinora/errors";
import { type KinoraJson, parseKinoraJson, type SettingRange } from "./model-catalog-file.ts";

/** Default and allowed range of the settings of one half of a model. */
interface ModelSettings {
  readonly numInferenceSteps: SettingRange;
  readonly guidanceScale: SettingRange;
}

/** What the API knows of one video model: shapes, ranges and words, read from its folder. */
export interface CatalogModel {
  /** Folder name under the models folder. */
  readonly name: string;
  /** Other names that callers may use. */
  readonly aliases: readonly string[];
  /** Digest of the folder's manifest. */
  readonly digest: string;
  /** Unix seconds. */
  readonly createdAtS: number;
  /** ISO 639-1 codes. */
  readonly languages: readonly string[];
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** Frames per second of the clip. */
  readonly fps: number;
  readonly numFrames: number;
  /** Length as the API spells it: whole seconds, for example "4" for 65 frames at 16 fps. */
  readonly seconds: string;
  readonly keyframeCount: number;
  readonly keyframeFps: number;
  /** The picture's network (text to image). */
  readonly keyframe: ModelSettings;
  /** The motion's network (image to video). */
  readonly motion: ModelSettings;
  /** Words the text encoder knows, sorted; any other comes back as a warning on the video. */
  readonly vocabulary: readonly string[];
}

/** The models that this gateway offers. */
export interface ModelCatalog {
  /** What a request without `model` gets. */
  readonly defaultModel: string;
  list(): readonly CatalogModel[];
  /** By folder name or alias; throws `model_not_found`. */
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
 * Reads every folder of `modelsDir` that holds a kinora.json, once. Throws `model_invalid` for a
 * folder it cannot read, and `config_invalid` when the default or an alias names no folder.
 */
export async function createModelCatalog(options: ModelCatalogOptions): Promise<ModelCatalog> {
  const { modelsDir, aliases, defaultModel } = options;
  const models = new Map<string, CatalogModel>();
  for (const name of await folderNames(modelsDir)) {
    const names = Object.keys(aliases).filter((alias) => aliases[alias] === name);
    const model = await readModel(join(modelsDir, name), name, names);
    if (model) models.set(name, model);
  }
  const here = [...models.keys()].join(", ") || "none";
  const assertHere = (what: string, target: string) => {
    if (models.has(target)) return;
    throw new AppError("config_invalid", {
      reason: `${what} ${target}, but ${modelsDir} has no such model (it has ${here}).`,
    });
  };
  for (const [alias, target] of Object.entries(aliases)) assertHere(`The alias ${alias} stands for`, target);
  assertHere("The default model is", aliases[defaultModel] ?? defaultModel);
  return {
    defaultModel,
    list: () => [...models.values()],
    resolve(nameOrAlias) {
      const target = Object.hasOwn(aliases, nameOrAlias) ? aliases[nameOrAlias] : undefined;
      const model = models.get(target ?? nameOrAlias);
      if (model) return model;
      throw new AppError(
        "model_not_found",
        { model: shorten(nameOrAlias), models: here },
        { param: "model" },
      );
    },
  };
}

async function folderNames(modelsDir: string): Promise<string[]> {
  try {
    const entries = await readdir(modelsDir);
    return entries.filter((name) => !name.startsWith(".")).sort();
  } catch (cause) {
    throw new AppError(
      "config_invalid",
      { reason: `The models folder ${modelsDir} cannot be read.` },
      { cause },
    );
  }
}

async function readModel(
  folder: string,
  name: string,
  aliases: readonly string[],
): Promise<CatalogModel | undefined> {
  const about = join(folder, "kinora.json");
  const written = await stat(about).catch(() => undefined);
  if (!written) return undefined;
  const described = parseKinoraJson(name, await readJson(name, about));
  const manifest = await readJson(name, join(folder, "manifest.json"));
  const tokenizer = await readJson(name, join(folder, "tokenizer", "tokenizer.json"));
  return {
    ...fromKinoraJson(described),
    name,
    aliases,
    digest: digestOf(name, manifest),
    createdAtS: Math.floor(written.mtimeMs / 1000),
    vocabulary: vocabularyOf(name, tokenizer),
  };
}

function fromKinoraJson(about: KinoraJson) {
  const settings = (part: KinoraJson["t2i"]): ModelSettings => ({
    numInferenceSteps: part.num_inference_steps,
    guidanceScale: part.guidance_scale,
  });
  return {
    languages: about.languages,
    width: about.width,
    height: about.height,
    fps: about.fps,
    numFrames: about.num_frames,
    seconds: String(Math.max(1, Math.floor(about.num_frames / about.fps))),
    keyframeCount: about.keyframe_count,
    keyframeFps: about.keyframe_fps,
    keyframe: settings(about.t2i),
    motion: settings(about.i2v),
  };
}

function digestOf(model: string, manifest: unknown): string {
  const { digest } = manifest as { digest?: unknown };
  if (typeof digest === "string") return digest;
  throw new AppError("model_invalid", { model, reason: "manifest.json has no digest." });
}

function vocabularyOf(model: string, tokenizer: unknown): string[] {
  const vocabulary = (tokenizer as { model?: { vocab?: unknown } }).model?.vocab;
  if (typeof vocabulary !== "object" || vocabulary === null) {
    throw new AppError("model_invalid", { model, reason: "tokenizer/tokenizer.json has no model.vocab." });
  }
  return Object.keys(vocabulary)
    .filter((word) => !/^<.*>$/.test(word))
    .sort();
}

async function readJson(model: string, path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, "utf8"));
  } catch (cause) {
    throw new AppError("model_invalid", { model, reason: `${path} cannot be read as JSON.` }, { cause });
  }
}

function shorten(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
