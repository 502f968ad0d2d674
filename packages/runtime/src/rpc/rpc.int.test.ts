import { t2i } from "@kinora/contracts";
import { AppError, ERROR_TABLE, type ErrorCode } from "@kinora/errors";
import { afterEach, describe, expect, test } from "vitest";
import { createLogger } from "../logger/create-logger.ts";
import { sleep } from "../timing/sleep.ts";
import { bindService, type RpcHandlers } from "./bind-service.ts";
import type { RpcContext } from "./rpc-context.ts";
import { createRpcClient, type RpcClient } from "./rpc-client.ts";
import { createRpcServer, type RpcServer, type RpcServerOptions } from "./rpc-server.ts";

type Service = typeof t2i.TextToImageService;

const cleanups: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean();
});

/** A denoiser in miniature: as many progress messages as steps, a tick apart, then the result. */
async function* countSteps(request: t2i.GenerateRequest, { signal }: RpcContext) {
  const total = request.numInferenceSteps;
  for (let completed = 1; completed <= total; completed += 1) {
    await sleep(5, signal);
    yield { event: { case: "progress" as const, value: { completed, total } } };
  }
  yield { event: { case: "result" as const, value: { latents: { key: `seed-${request.seed}` } } } };
}

interface Running {
  readonly client: RpcClient<Service>;
  readonly server: RpcServer;
  readonly address: string;
}

async function run(
  handlers: Partial<RpcHandlers<Service>> = {},
  options: Partial<RpcServerOptions> = {},
): Promise<Running> {
  const server = createRpcServer({
    host: "127.0.0.1",
    port: 0,
    logger: createLogger({ service: "test", level: "silent" }),
    services: [
      bindService(t2i.TextToImageService, {
        describe: async ({ model }) => ({ runtime: { model, digest: "d1", provider: "cpu" } }),
        generate: countSteps,
        ...handlers,
      }),
    ],
    ...options,
  });
  const address = `127.0.0.1:${await server.start()}`;
  const client = createRpcClient(t2i.TextToImageService, { address });
  cleanups.push(() => client.close(), () => server.stop(0));
  return { client, server, address };
}

async function thrownBy(work: Promise<unknown>): Promise<AppError> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof AppError)) throw new Error(`expected an AppError, got ${String(error)}`);
  return error;
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  return await Array.fromAsync(items);
}

describe("calls", () => {
  test("a unary call gives the response", async () => {
    const { client } = await run();
    const { runtime } = await client.describe({ model: "pocket" });
    expect(runtime).toMatchObject({ model: "pocket", digest: "d1", provider: "cpu" });
  });

  test("a stream gives every message in order", async () => {
    const { client } = await run();
    const events = await collect(client.generate({ numInferenceSteps: 3, seed: 2n ** 63n }));
    expect(events.map(({ event }) => event.case)).toEqual(["progress", "progress", "progress", "result"]);
    expect(events.at(-1)?.event.value).toMatchObject({ latents: { key: "seed-9223372036854775808" } });
  });
});

describe("errors", () => {
  test.each(Object.keys(ERROR_TABLE) as ErrorCode[])("%s travels with its fields", async (code) => {
    const fields = { reason: "perché no\u0000 ☂ \ud800", what: 'a "b"', id: "video_1", limit: 3, wide: true };
    const sent = new AppError(code, fields, { param: "input_reference[image]é" });
    const { client } = await run({ describe: () => Promise.reject(sent) });
    const received = await thrownBy(client.describe({}));
    expect(received).toMatchObject({ code, fields, param: sent.param, message: sent.message });
  });
});
