import { isIPv6 } from "node:net";
import { AppError } from "@kinora/errors";

/** What decides whether an address may be listened on. */
export interface ListenAddress {
  readonly host: string;
  readonly port: number;
  /** Whether the server has TLS. */
  readonly secure: boolean;
  /** Whether plain text was asked for in so many words. */
  readonly insecure: boolean;
}

/** Throws `config_invalid` for an address that other machines can reach in plain text by accident. */
export function assertSafeListenAddress(address: ListenAddress): void {
  if (isLoopbackHost(address.host) || address.secure || address.insecure) return;
  throw new AppError("config_invalid", {
    reason:
      `KINORA_HOST=${address.host} can be reached from other machines; set KINORA_RPC_TLS_CA, ` +
      "KINORA_RPC_TLS_CERT and KINORA_RPC_TLS_KEY for mutual TLS, or KINORA_RPC_INSECURE=1 to accept plain text",
  });
}

/** Whether only this machine can reach `host`. */
export function isLoopbackHost(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127(\.\d{1,3}){3}$/.test(host);
}

/** `host:port` as gRPC and URLs write it, with brackets around IPv6. */
export function formatAddress(host: string, port: number): string {
  return isIPv6(host) ? `[${host}]:${port}` : `${host}:${port}`;
}
