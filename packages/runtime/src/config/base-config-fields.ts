import type { ConfigFields } from "./define-config.ts";

/** Settings of every process; spread them into `defineConfig`. */
export const baseConfigFields = {
  logLevel: {
    env: "KINORA_LOG_LEVEL",
    description: "Least severe level that is logged.",
    kind: "choice",
    choices: ["trace", "debug", "info", "warn", "error", "fatal", "silent"],
    default: "info",
  },
  logPretty: {
    env: "KINORA_LOG_PRETTY",
    description: "Log lines for people in place of JSON.",
    kind: "boolean",
    default: false,
  },
  logPii: {
    env: "KINORA_LOG_PII",
    description: "Log prompts and URLs too.",
    kind: "boolean",
    default: false,
  },
  dataDir: {
    env: "KINORA_DATA_DIR",
    description: "Folder of the SQLite file and the filesystem store.",
    kind: "path",
    default: "./data",
  },
  modelsDir: {
    env: "KINORA_MODELS_DIR",
    description: "Folder that holds one folder per model.",
    kind: "path",
    default: "./models",
  },
  drainTimeoutMs: {
    env: "KINORA_DRAIN_TIMEOUT_MS",
    description: "How long work in flight may go on after SIGTERM.",
    kind: "integer",
    unit: "ms",
    min: 0,
    max: 3_600_000,
    default: 25_000,
  },
} as const satisfies ConfigFields;
