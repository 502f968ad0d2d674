import { createKinoraClient, type KinoraClient } from "@kinora/client";
import { AppError } from "@kinora/errors";
import type { CliContext } from "../cli-context.ts";

/** Which server a command talks to. */
export interface ServerOptions {
  readonly grpc?: string;
  readonly apiKey?: string;
}

const DEFAULT_ADDRESS = "127.0.0.1:9090";

/** Does work on a running server; an absent one is told with what to do about it. */
export async function withServer(
  { env }: CliContext,
  { grpc, apiKey = env["KINORA_API_KEY"] }: ServerOptions,
  work: (client: KinoraClient) => Promise<void>,
): Promise<void> {
  const grpcAddress = grpc ?? env["KINORA_GRPC_ADDR"] ?? DEFAULT_ADDRESS;
  const client = createKinoraClient({ grpcAddress, apiKey });
  try {
    await work(client);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== "unavailable") throw error;
    const reason = "nobody answers; start one with npm start, or name another with --grpc HOST:PORT.";
    throw new AppError("unavailable", { what: `The server at ${grpcAddress}`, reason }, { cause: error });
  } finally {
    client.close();
  }
}
