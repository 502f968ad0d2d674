import { t2i } from "@kinora/contracts";
import { AppError } from "@kinora/errors";
import { createLogger } from "../../logger/create-logger.ts";
import { sleep } from "../../timing/sleep.ts";
import { bindService, type RpcBinding, type RpcHandlers } from "../bind-service.ts";
import { createRpcClient, type RpcClient, type RpcClientOptions } from "../rpc-client.ts";
import type { RpcContext } from "../rpc-context.ts";
import { createRpcServer, type RpcServer, type RpcServerOptions } from "../rpc-server.ts";

/** The service of the contracts that the tests of this folder serve. */
export type StepsService = typeof t2i.TextToImageService;

/** A server and a client of it, closed by `closeAll`. */
export interface RunningSteps {
  readonly client: RpcClient<StepsService>;
  readonly server: RpcServer;
  readonly address: string;
}

const STEP_MS = 5;

const cleanups: (() => Promise<void> | void)[] = [];

/** Closes what the test opened, latest first; for `afterEach`. */
export async function closeAll(): Promise<void> {
  for (const close of cleanups.splice(0).reverse()) await close();
}

/** Has `closeAll` call `close`. */
export function closeLater(close: () => Promise<void> | void): void {
  cleanups.push(close);
}

/** One progress message. */
export function progressEvent(completed: number, total: number) {
  return { event: { case: "progress" as const, value: { completed, total } } };
}

/** A denoiser in miniature: as many progress messages as steps, a tick apart, then the result. */
export async function* countSteps(request: t2i.GenerateRequest, { signal }: RpcContext) {
  const total = request.numInferenceSteps;
  for (let completed = 1; completed <= total; completed += 1) {
    await sleep(STEP_MS, signal);
    yield progressEvent(completed, total);
  }
  yield { event: { case: "result" as const, value: { latents: { key: `seed-${request.seed}` } } } };
}

/** The service with some handlers replaced. */
export function stepsBinding(handlers: Partial<RpcHandlers<StepsService>> = {}): RpcBinding {
  return bindService(t2i.TextToImageService, {
    describe: async ({ model }) => ({ runtime: { model, digest: "d1", provider: "cpu" } }),
    generate: countSteps,
    ...handlers,
  });
}

/** Options of a quiet server on a free port. */
export function quietServer(handlers: Partial<RpcHandlers<StepsService>> = {}): RpcServerOptions {
  return {
    host: "127.0.0.1",
    port: 0,
    logger: createLogger({ service: "test", level: "silent" }),
    services: [stepsBinding(handlers)],
  };
}

/** Starts a server and a client of it. */
export async function runSteps(
  handlers: Partial<RpcHandlers<StepsService>> = {},
  options: Partial<RpcServerOptions> = {},
): Promise<RunningSteps> {
  const server = createRpcServer({ ...quietServer(handlers), ...options });
  closeLater(() => server.stop(0));
  const address = `127.0.0.1:${await server.start()}`;
  return { server, address, client: connect({ address }) };
}

/** Makes a client that `closeAll` closes. */
export function connect(options: RpcClientOptions): RpcClient<StepsService> {
  const client = createRpcClient(t2i.TextToImageService, options);
  closeLater(() => client.close());
  return client;
}

/** The AppError with which `work` fails; anything else is the test's failure. */
export async function thrownBy(work: Promise<unknown>): Promise<AppError> {
  const thrown = await work.then(
    () => "nothing",
    (error: unknown) => error,
  );
  if (thrown instanceof AppError) return thrown;
  throw new Error("Expected an AppError.", { cause: thrown });
}

/** Everything that an iterable gives. */
export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
