import { Client, type MethodDefinition } from "@grpc/grpc-js";
import { AppError } from "@kinora/errors";
import { service as healthDefinition } from "grpc-health-check";
import { channelCredentials, type RpcTls } from "./rpc-tls.ts";
import { statusToError } from "./status-error.ts";

/** Which server to ask, and about what. */
export interface HealthCheck {
  /** As for `createRpcClient`, one address. */
  readonly address: string;
  /** Full service name; "" asks about the server as a whole. */
  readonly service?: string | undefined;
  readonly tls?: RpcTls | undefined;
  readonly timeoutMs: number;
}

interface HealthAnswer {
  readonly status: string;
}

/**
 * Asks grpc.health.v1 once, on a connection of its own; for readiness checks and container probes.
 * Throws `unavailable` unless the answer is SERVING, and whatever an RPC throws.
 */
export async function checkHealth(check: HealthCheck): Promise<void> {
  const { address, service = "", timeoutMs } = check;
  const what = `${service || "The server"} at ${address}`;
  const client = new Client(address, channelCredentials(check.tls), { "grpc.enable_http_proxy": 0 });
  try {
    const { status } = await askHealth(client, service, Date.now() + timeoutMs);
    if (status !== "SERVING") throw new AppError("unavailable", { what, reason: `its health is ${status}` });
  } catch (error) {
    throw statusToError(error, { what, timeoutMs, signal: undefined });
  } finally {
    client.close();
  }
}

function askHealth(client: Client, service: string, deadline: number): Promise<HealthAnswer> {
  const method = healthDefinition["Check"] as MethodDefinition<{ service: string }, HealthAnswer>;
  const { path, requestSerialize, responseDeserialize } = method;
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(
      path,
      requestSerialize,
      responseDeserialize,
      { service },
      { deadline },
      (error, answer) => {
        if (error !== null || answer === undefined) reject(error ?? new Error("No answer. This is a bug."));
        else resolve(answer);
      },
    );
  });
}
