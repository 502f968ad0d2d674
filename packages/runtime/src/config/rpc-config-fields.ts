import { AppError } from "@kinora/errors";
import type { RpcTls } from "../rpc/rpc-tls.ts";
import type { ConfigFields, ConfigValues } from "./define-config.ts";

/** Files of mutual TLS, for servers and for the clients that call them. */
export const rpcTlsConfigFields = {
  rpcTlsCa: {
    env: "KINORA_RPC_TLS_CA",
    description: "PEM file of the private authority that signs both ends of an RPC.",
    kind: "path",
    optional: true,
  },
  rpcTlsCert: {
    env: "KINORA_RPC_TLS_CERT",
    description: "PEM file of this process's certificate chain.",
    kind: "path",
    optional: true,
  },
  rpcTlsKey: {
    env: "KINORA_RPC_TLS_KEY",
    description: "PEM file of this process's private key.",
    kind: "path",
    optional: true,
  },
} as const satisfies ConfigFields;

/** Settings of a process that serves RPCs; spread them into `defineConfig`. */
export const rpcConfigFields = {
  host: {
    env: "KINORA_HOST",
    description: "Address to listen on.",
    kind: "string",
    default: "127.0.0.1",
  },
  port: {
    env: "KINORA_RPC_PORT",
    description: "Port to listen on; 0 picks a free one.",
    kind: "integer",
    min: 0,
    max: 65_535,
    default: 50_051,
  },
  rpcInsecure: {
    env: "KINORA_RPC_INSECURE",
    description: "Allow plain text on an address that other machines can reach.",
    kind: "boolean",
    default: false,
  },
  ...rpcTlsConfigFields,
  capacity: {
    env: "KINORA_CAPACITY",
    description: "Stage calls that may run at once; further ones are refused as capacity_exhausted.",
    kind: "integer",
    unit: "calls",
    min: 1,
    max: 1024,
    default: 1,
  },
} as const satisfies ConfigFields;

/** The part of `createRpcServer`'s options that comes from the configuration. */
export interface RpcListenOptions {
  readonly host: string;
  readonly port: number;
  readonly insecure: boolean;
  readonly capacity: number;
  readonly tls: RpcTls | undefined;
}

/** Turns parsed `rpcConfigFields` into options for `createRpcServer`. Throws `config_invalid` like `rpcTlsFrom`. */
export function rpcListenOptions(config: ConfigValues<typeof rpcConfigFields>): RpcListenOptions {
  const { host, port, capacity } = config;
  return { host, port, capacity, insecure: config.rpcInsecure, tls: rpcTlsFrom(config) };
}

/** The TLS files, or undefined when none is set. Throws `config_invalid` when only some are. */
export function rpcTlsFrom(config: ConfigValues<typeof rpcTlsConfigFields>): RpcTls | undefined {
  const { rpcTlsCa: ca, rpcTlsCert: cert, rpcTlsKey: key } = config;
  if (ca === undefined && cert === undefined && key === undefined) return undefined;
  if (ca !== undefined && cert !== undefined && key !== undefined) return { ca, cert, key };
  throw new AppError("config_invalid", {
    reason:
      "KINORA_RPC_TLS_CA, KINORA_RPC_TLS_CERT and KINORA_RPC_TLS_KEY go together; set all three or none.",
  });
}
