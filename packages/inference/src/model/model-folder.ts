import { readFile, realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import { errorMessage } from "@kinora/errors";
import { checkGraphs } from "./check-graphs.ts";
import { fileDigest } from "./file-digest.ts";
import { type FolderFile, listFolder } from "./folder-files.ts";
import { type GraphPorts, readGraphPorts } from "./graph-ports.ts";
import { folderDigest, MANIFEST, parseManifest, refuse, verifyFiles } from "./manifest.ts";
import { parseModelJson } from "./parse-model-json.ts";

/** A parsed JSON object. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** A model's files, verified. Paths it gives are regular files inside the folder. */
export interface ModelFolder {
  readonly name: string;
  /** Absolute path, links resolved. */
  readonly path: string;
  /** sha256 over all files: the model's identity in every cache key. */
  readonly digest: string;
  /** model_index.json. */
  readonly index: JsonObject;
  /** kinora.json, if there is one. */
  readonly card: JsonObject | undefined;
  /** Whether the folder has this file, by its path from the folder. */
  has(rel: string): boolean;
  /** Absolute path of a file. Throws `model_invalid` if it is not there. */
  file(rel: string): string;
  /** Absolute path of `<component>/model.onnx`. Throws `model_invalid` if it is not there. */
  graph(component: string): string;
  /** Inputs and outputs of that graph, as its file declares them; no session is made. */
  ports(component: string): GraphPorts;
  /** A parsed JSON file. Throws `model_invalid` if it is not there or not JSON. */
  readJson(rel: string): Promise<unknown>;
  /** A file's UTF-8 text. Throws `model_invalid` if it is not there. */
  readText(rel: string): Promise<string>;
  /** The component's config.json, or scheduler_config.json and tokenizer_config.json where those are its name. */
  config(component: string): Promise<JsonObject>;
}

/** How strict to be. */
export interface OpenModelOptions {
  /** Accept a folder without manifest.json (weights from elsewhere): its digest is then computed from its files. */
  readonly allowUnverified?: boolean;
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

/**
 * Opens and verifies `modelsDir/name`: every file is the one that manifest.json lists, none is missing or too many,
 * none is a link, and no graph keeps weights outside of the folder.
 * Throws AppError `model_invalid` with one sentence that names the file and what was expected.
 */
export async function openModelFolder(
  modelsDir: string,
  name: string,
  { allowUnverified = false }: OpenModelOptions = {},
): Promise<ModelFolder> {
  if (!NAME.test(name)) refuse(name, "a model's name is one folder name of letters, digits, dots, - and _.");
  const path = await findFolder(modelsDir, name);
  const all = await listFolder(path, { model: name, skipHidden: allowUnverified });
  const files = all.filter(({ rel }) => rel !== MANIFEST);
  const digest = await verify({
    name,
    files,
    manifest: all.find(({ rel }) => rel === MANIFEST),
    allowUnverified,
  });
  checkGraphs(name, files);
  return createModelFolder({ name, path, digest, files });
}

async function findFolder(modelsDir: string, name: string): Promise<string> {
  const path = join(modelsDir, name);
  const found = await stat(path).catch(() => undefined);
  if (!found?.isDirectory()) refuse(name, `there is no folder ${path}.`);
  return realpath(path);
}

interface VerifyOptions {
  readonly name: string;
  readonly files: readonly FolderFile[];
  readonly manifest: FolderFile | undefined;
  readonly allowUnverified: boolean;
}

async function verify({ name, files, manifest, allowUnverified }: VerifyOptions): Promise<string> {
  if (manifest !== undefined) {
    const parsed = parseManifest(name, await readJsonFile(name, manifest));
    await verifyFiles(name, files, parsed);
    return parsed.digest;
  }
  if (!allowUnverified) {
    refuse(
      name,
      `${MANIFEST} is missing; without it only folders that are explicitly unverified are served.`,
    );
  }
  const digests = new Map<string, string>();
  for (const file of files) digests.set(file.rel, await fileDigest(file));
  return folderDigest(digests);
}

async function createModelFolder(found: {
  name: string;
  path: string;
  digest: string;
  files: readonly FolderFile[];
}): Promise<ModelFolder> {
  const { name, path, digest } = found;
  const files = new Map(found.files.map((file) => [file.rel, file]));
  const find = (rel: string): FolderFile => files.get(rel) ?? refuse(name, `it has no file ${rel}.`);
  const readObject = async (rel: string): Promise<JsonObject> => {
    const value = await readJsonFile(name, find(rel));
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as JsonObject;
    return refuse(name, `${rel} must be a JSON object.`);
  };
  return {
    name,
    path,
    digest,
    index: await readObject("model_index.json"),
    card: files.has("kinora.json") ? await readObject("kinora.json") : undefined,
    has: (rel) => files.has(rel),
    file: (rel) => find(rel).path,
    graph: (component) => find(`${component}/model.onnx`).path,
    ports(component) {
      const file = find(`${component}/model.onnx`);
      return readGraphPorts(file.path, file.sizeBytes);
    },
    readJson: async (rel) => readJsonFile(name, find(rel)),
    readText: async (rel) => readFile(find(rel).path, "utf8"),
    config: (component) => {
      const named = `${component}/${component.replace(/_\d+$/, "")}_config.json`;
      return readObject(files.has(named) ? named : `${component}/config.json`);
    },
  };
}

async function readJsonFile(model: string, file: FolderFile): Promise<unknown> {
  const text = await readFile(file.path, "utf8");
  try {
    return parseModelJson(text);
  } catch (error) {
    return refuse(model, `${file.rel} is not JSON: ${errorMessage(error)}.`);
  }
}
