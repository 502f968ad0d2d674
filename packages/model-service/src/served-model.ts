import type { types } from "@kinora/contracts";
import { createScheduler, type Scheduler } from "@kinora/diffusion";
import { AppError, errorMessage } from "@kinora/errors";
import {
  type Engine,
  type EngineSession,
  type JsonObject,
  type ModelFolder,
  type OpenModelOptions,
  openModelFolder,
} from "@kinora/inference";
import type { Pipeline } from "./pipeline/pipeline.ts";
import { readPipeline } from "./pipeline/read-pipeline.ts";

/** A checked model folder with its sessions, loaded when first used. */
export interface ServedModel {
  readonly folder: ModelFolder;
  /** What kind of pipeline the folder holds, its components and sizes. */
  readonly pipeline: Pipeline;
  /** The parsed config.json of one of the pipeline's graphs. */
  config(component: string): JsonObject;
  /** The session of `<component>/model.onnx`; loading is shared by concurrent callers. */
  session(component: string): Promise<EngineSession>;
  /** The scheduler of scheduler/scheduler_config.json. */
  readonly scheduler: Scheduler;
  /** What would run: part of the cache key of every stage. */
  describe(): Promise<Omit<types.ModelRuntime, "$typeName">>;
}

/** The models of one service, opened when first asked for. */
export interface ServedModels {
  /** Throws `model_invalid` with the folder's fault. */
  get(name: string): Promise<ServedModel>;
}

/** Where models lie, and how strict to be with them. */
export interface ServedModelsOptions extends OpenModelOptions {
  readonly modelsDir: string;
}

/** Creates the service's models over one engine. */
export function createServedModels(engine: Engine, options: ServedModelsOptions): ServedModels {
  const opened = new Map<string, Promise<ServedModel>>();
  return {
    get: (name) => shared(opened, name, () => openModel(engine, options, name)),
  };
}

async function openModel(engine: Engine, options: ServedModelsOptions, name: string): Promise<ServedModel> {
  const folder = await openModelFolder(options.modelsDir, name, options);
  const { pipeline, configs } = await readPipeline(folder);
  const sessions = new Map<string, Promise<EngineSession>>();
  return {
    folder,
    pipeline,
    config(component) {
      const found = configs.get(component);
      if (found) return found.json;
      throw new Error(`${name} has no graph ${component}. This is a bug.`);
    },
    session: (component) => shared(sessions, component, () => engine.load(folder.graph(component))),
    scheduler: await readScheduler(folder),
    describe: async () => ({
      model: name,
      digest: folder.digest,
      ...(await engine.info()),
      precision: precisionOf(folder),
    }),
  };
}

async function readScheduler(folder: ModelFolder): Promise<Scheduler> {
  try {
    return createScheduler(await folder.readJson("scheduler/scheduler_config.json"));
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError("model_invalid", {
      model: folder.name,
      reason: `scheduler/scheduler_config.json: ${errorMessage(error)}`,
    });
  }
}

function precisionOf(folder: ModelFolder): string {
  const precision = folder.card?.["precision"];
  return typeof precision === "string" ? precision : "as exported";
}

/** One pending promise per key; a failure is forgotten, so that the next caller tries again. */
function shared<T>(known: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  const found = known.get(key);
  if (found) return found;
  const made = make();
  known.set(key, made);
  made.catch(() => known.delete(key));
  return made;
}
