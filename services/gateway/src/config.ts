import { mediaConfigFields } from "@kinora/media";
import { baseConfigFields, type ConfigOf, defineConfig, rpcTlsConfigFields } from "@kinora/runtime";
import { storageConfigFields } from "@kinora/storage";

/** Settings of the gateway. */
export const configDefinition = defineConfig({
  ...baseConfigFields,
  ...storageConfigFields,
  ...rpcTlsConfigFields,
  ...mediaConfigFields,
  host: {
    env: "KINORA_HOST",
    description: "Address to listen on. Other than loopback needs KINORA_API_KEYS_FILE.",
    kind: "string",
    default: "127.0.0.1",
  },
  httpPort: {
    env: "KINORA_HTTP_PORT",
    description: "REST port; 0 picks a free one.",
    kind: "integer",
    min: 0,
    max: 65_535,
    default: 8080,
  },
  grpcPort: {
    env: "KINORA_GRPC_PORT",
    description: "Public gRPC port; 0 picks a free one.",
    kind: "integer",
    min: 0,
    max: 65_535,
    default: 9090,
  },
  publicUrl: {
    env: "KINORA_PUBLIC_URL",
    description: "Where callers reach this gateway, for addresses in answers. Unset: as each request says.",
    kind: "url",
    optional: true,
  },
  role: {
    env: "KINORA_GATEWAY_ROLE",
    description: "Whether this gateway answers requests, runs jobs, or both.",
    kind: "choice",
    choices: ["all", "api", "worker"],
    default: "all",
  },
  workerConcurrency: {
    env: "KINORA_WORKER_CONCURRENCY",
    description: "Jobs that this gateway runs at once.",
    kind: "integer",
    unit: "jobs",
    min: 1,
    max: 256,
    default: 2,
  },
  redisUrl: {
    env: "KINORA_REDIS_URL",
    description: "Set: jobs in Redis with BullMQ. Unset: jobs in SQLite.",
    kind: "url",
    optional: true,
    secret: true,
  },
  leaseMs: {
    env: "KINORA_LEASE_MS",
    description: "How long a silent worker keeps its job.",
    kind: "integer",
    unit: "ms",
    min: 500,
    max: 600_000,
    default: 5_000,
  },
  apiKeysFile: {
    env: "KINORA_API_KEYS_FILE",
    description: "File of hashed API keys. Unset: no keys, loopback only.",
    kind: "path",
    optional: true,
  },
  defaultModel: {
    env: "KINORA_DEFAULT_MODEL",
    description: "Model of requests that name none.",
    kind: "string",
    default: "pocket",
  },
  modelAliases: {
    env: "KINORA_MODEL_ALIASES",
    description: "Names that clients send for models here, for example sora-2=pocket,sora-2-pro=pocket.",
    kind: "string",
    default: "",
  },
  maxUnfinished: {
    env: "KINORA_MAX_UNFINISHED",
    description: "Jobs of one tenant, clips and pictures, that may be queued or running at once.",
    kind: "integer",
    unit: "jobs",
    min: 1,
    max: 1_000_000,
    default: 100,
  },
  sweepIntervalMs: {
    env: "KINORA_SWEEP_INTERVAL_MS",
    description: "How often bytes that no record refers to are deleted.",
    kind: "integer",
    unit: "ms",
    min: 100,
    max: 86_400_000,
    default: 600_000,
  },
  sweepGraceMs: {
    env: "KINORA_SWEEP_GRACE_MS",
    description: "Age under which unreferenced bytes are kept.",
    kind: "integer",
    unit: "ms",
    min: 0,
    max: 604_800_000,
    default: 3_600_000,
  },
  t2iAddress: {
    env: "KINORA_T2I_ADDR",
    description: "Where the text-to-image service is: host:port, several with commas, or dns:///name:port.",
    kind: "string",
    default: "127.0.0.1:50051",
  },
  i2vAddress: {
    env: "KINORA_I2V_ADDR",
    description: "Where the image-to-video service is.",
    kind: "string",
    default: "127.0.0.1:50052",
  },
  editAddress: {
    env: "KINORA_EDIT_ADDR",
    description: "Where the edit service is.",
    kind: "string",
    default: "127.0.0.1:50053",
  },
  encoderAddress: {
    env: "KINORA_ENCODER_ADDR",
    description: "Where the encoder service is.",
    kind: "string",
    default: "127.0.0.1:50054",
  },
});

/** The gateway's parsed settings. */
export type Config = ConfigOf<typeof configDefinition>;
