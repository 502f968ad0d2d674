import { baseConfigFields, type ConfigFields, type ConfigValues, rpcConfigFields } from "@kinora/runtime";
import { storageConfigFields } from "@kinora/storage";

/** Settings that every model service has; a service's config.ts may add its own. */
export const modelServiceFields = {
  ...baseConfigFields,
  ...rpcConfigFields,
  ...storageConfigFields,
  defaultModel: {
    env: "KINORA_DEFAULT_MODEL",
    description: "Model that is loaded and warmed before the service says it is ready.",
    kind: "string",
    default: "pocket",
  },
  modelManifest: {
    env: "KINORA_MODEL_MANIFEST",
    description:
      "Whether a model folder must have a manifest.json; one that has it is always verified, any other is known by the digest of its files.",
    kind: "choice",
    choices: ["optional", "required"],
    default: "optional",
  },
  modelMemory: {
    env: "KINORA_MODEL_MEMORY",
    description:
      "How much of the models' files one engine keeps loaded, such as 8GiB; what was not used longest is released. Unset: all.",
    kind: "string",
    optional: true,
  },
  device: {
    env: "KINORA_DEVICE",
    description: "Execution provider; auto takes the best one that works.",
    kind: "choice",
    choices: ["auto", "cpu", "cuda", "webgpu"],
    default: "auto",
  },
  engineThreads: {
    env: "KINORA_ENGINE_THREADS",
    description: "Threads of the engine; 0 takes all cores.",
    kind: "integer",
    unit: "threads",
    min: 0,
    max: 1024,
    default: 0,
  },
  engineSpinUs: {
    env: "KINORA_ENGINE_SPIN_US",
    description:
      "For how long a waiting engine thread looks for work before it sleeps. 1000 makes runs a few per cent shorter on a machine that does nothing else, and longer on any other.",
    kind: "integer",
    unit: "us",
    min: 0,
    max: 100_000,
    default: 0,
  },
  engineLock: {
    env: "KINORA_ENGINE_LOCK",
    description: "Path shared by services of one machine: only one of their engines computes at a time.",
    kind: "path",
    optional: true,
  },
} as const satisfies ConfigFields;

/** Parsed settings that every model service has. */
export type ModelServiceConfig = ConfigValues<typeof modelServiceFields>;
