import { createEngine, type Engine } from "@kinora/inference";
import type { Logger } from "@kinora/runtime";
import { createObjectStore } from "@kinora/storage";
import { type ArtifactIo, createArtifactIo } from "./artifact-io.ts";
import type { ModelServiceConfig } from "./model-service-fields.ts";
import { parseBytes } from "./parse-bytes.ts";
import { createServedModels, type ServedModels } from "./served-model.ts";

/** What a service's handlers work with. */
export interface ModelServiceHost {
  readonly engine: Engine;
  readonly models: ServedModels;
  readonly artifacts: ArtifactIo;
}

/** The settings of a host. */
export type ModelHostConfig = Pick<ModelServiceConfig, "modelsDir" | "dataDir" | "device" | "engineThreads"> &
  Partial<ModelServiceConfig>;

/** A host with its engine and store, which whoever made it closes. */
export interface OwnedModelHost extends ModelServiceHost {
  close(): Promise<void>;
}

/** Creates the host of a service; nothing is loaded yet. */
export function createModelHost(config: ModelHostConfig, logger: Logger): OwnedModelHost {
  const engine = createEngine({
    threads: config.engineThreads,
    spinUs: config.engineSpinUs ?? 0,
    device: config.device,
    logger,
    lockPath: config.engineLock,
    memoryBytes: config.modelMemory === undefined ? undefined : parseBytes(config.modelMemory),
  });
  const store = createObjectStore(config);
  return {
    engine,
    models: createServedModels(engine, {
      modelsDir: config.modelsDir,
      allowUnverified: config.modelManifest !== "required",
    }),
    artifacts: createArtifactIo(store),
    async close() {
      await engine.close();
      await store.close();
    },
  };
}
