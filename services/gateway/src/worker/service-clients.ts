import { edit, encoder, i2v, t2i, type types } from "@kinora/contracts";
import { AppError, codeOf } from "@kinora/errors";
import { createRpcClient, type Logger, type RpcClient, type RpcTls } from "@kinora/runtime";

/** The services behind the gateway. */
export type ServiceName = "encoder" | "t2i" | "i2v" | "edit";

/** One client per service. */
export interface ServiceClients {
  readonly encoder: RpcClient<typeof encoder.EncoderService>;
  readonly t2i: RpcClient<typeof t2i.TextToImageService>;
  readonly i2v: RpcClient<typeof i2v.ImageToVideoService>;
  readonly edit: RpcClient<typeof edit.EditService>;
}

/** Where each service listens: one address, several separated by commas, or a dns:/// name. */
export type ServiceAddresses = { readonly [name in ServiceName]: string };

/** Connects lazily to all services. */
export function createServiceClients(
  addresses: ServiceAddresses,
  options: { logger: Logger; tls?: RpcTls | undefined },
): ServiceClients & { close(): void } {
  const common = { logger: options.logger, ...(options.tls ? { tls: options.tls } : {}) };
  const at = (name: ServiceName) => ({ ...common, address: addresses[name].split(",") });
  const clients = {
    encoder: createRpcClient(encoder.EncoderService, at("encoder")),
    t2i: createRpcClient(t2i.TextToImageService, at("t2i")),
    i2v: createRpcClient(i2v.ImageToVideoService, at("i2v")),
    edit: createRpcClient(edit.EditService, at("edit")),
  };
  return {
    ...clients,
    close: () => {
      for (const client of Object.values(clients)) client.close();
    },
  };
}

/** What would run a stage; part of its cache key. */
export type ModelRuntime = Pick<types.ModelRuntime, "digest" | "runtime" | "provider" | "precision">;

/** Asks services what they would run, and remembers the answer for a short while. */
export interface RuntimeDirectory {
  describe(service: ServiceName, model: string, signal: AbortSignal): Promise<ModelRuntime>;
}

/** How long an answer counts: a service may be redeployed with other weights. */
const FRESH_MS = 5_000;
/** A service that meets a folder for the first time reads all of its bytes. */
const DESCRIBE_TIMEOUT_MS = 60_000;

/** Creates a RuntimeDirectory over the clients. */
export function createRuntimeDirectory(clients: ServiceClients, now: () => number): RuntimeDirectory {
  const known = new Map<string, { runtime: ModelRuntime; atMs: number }>();
  return {
    async describe(service, model, signal) {
      const key = `${service}/${model}`;
      const entry = known.get(key);
      if (entry && now() - entry.atMs < FRESH_MS) return entry.runtime;
      const { runtime } = await clients[service]
        .describe({ model }, { signal, timeoutMs: DESCRIBE_TIMEOUT_MS })
        .catch((error: unknown) => {
          if (codeOf(error) !== "deadline_exceeded") throw error;
          // Still reading, or silently gone: either way the job may be tried again later.
          const reason = `no answer in ${DESCRIBE_TIMEOUT_MS / 1000} s`;
          throw new AppError("unavailable", { what: service, reason }, { cause: error });
        });
      if (!runtime) throw new Error(`${service} described no runtime. This is a bug.`);
      known.set(key, { runtime, atMs: now() });
      return runtime;
    },
  };
}
