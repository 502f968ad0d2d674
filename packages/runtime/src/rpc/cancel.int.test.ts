import { AppError } from "@kinora/errors";
import { waitUntil } from "@kinora/testing";
import { afterEach, describe, expect, test } from "vitest";
import { abortError } from "../timing/abort-error.ts";
import { sleep } from "../timing/sleep.ts";
import type { RpcContext } from "./rpc-context.ts";
import { closeAll, collect, progressEvent, runSteps, thrownBy } from "./testing/steps-service.ts";

afterEach(closeAll);

/** A handler that never looks at its signal, and what became of it. */
function blindSteps(stepMs: number) {
  const seen = {
    yields: 0,
    yieldsAtAbort: -1,
    finallyAfterYields: -1,
    reason: undefined as AppError | undefined,
  };
  async function* generate(_: unknown, { signal }: RpcContext) {
    signal.addEventListener("abort", () => {
      seen.reason = abortError(signal);
      seen.yieldsAtAbort = seen.yields;
    });
    try {
      for (;;) {
        await new Promise((resolve) => setTimeout(resolve, stepMs));
        seen.yields += 1;
        yield progressEvent(seen.yields, 1000);
      }
    } finally {
      seen.finallyAfterYields = seen.yields;
    }
  }
  return { seen, generate };
}

const hasEnded = (seen: { finallyAfterYields: number }) => () => seen.finallyAfterYields >= 0;

describe("cancel", () => {
  test("leaving the loop stops the handler within one yield and runs its finally", async () => {
    const { seen, generate } = blindSteps(20);
    const { client } = await runSteps({ generate });
    let received = 0;
    for await (const _ of client.generate({})) {
      received += 1;
      if (received === 3) break;
    }
    await waitUntil(hasEnded(seen));
    expect(seen.finallyAfterYields).toBeLessThanOrEqual(seen.yieldsAtAbort + 1);
    expect(seen.reason).toMatchObject({ code: "cancelled" });
    await sleep(60);
    expect(seen.yields).toBe(seen.finallyAfterYields);
  });

  test("an abort throws the signal's own reason and stops the handler", async () => {
    const { seen, generate } = blindSteps(20);
    const { client } = await runSteps({ generate });
    const controller = new AbortController();
    const reading = collect(client.generate({}, { signal: controller.signal }));
    await waitUntil(() => seen.yields >= 2);
    controller.abort(new AppError("lease_lost", { id: "video_1", epoch: 2 }));
    expect(await thrownBy(reading)).toMatchObject({ code: "lease_lost" });
    await waitUntil(hasEnded(seen));
    expect(seen.finallyAfterYields).toBeLessThanOrEqual(seen.yieldsAtAbort + 1);
  });

  test("an abort without a reason is cancelled, for unary calls too", async () => {
    const aborted = Promise.withResolvers<string>();
    const { client } = await runSteps({
      describe: async (_, { signal }) => {
        await sleep(10_000, signal).catch(() => aborted.resolve(abortError(signal).code));
        return {};
      },
    });
    const error = await thrownBy(client.describe({}, { signal: AbortSignal.timeout(100) }));
    expect(error.code).toBe("deadline_exceeded");
    expect(await aborted.promise).toBe("cancelled");
    const controller = new AbortController();
    const call = client.describe({}, { signal: controller.signal });
    setTimeout(() => controller.abort(), 20);
    expect((await thrownBy(call)).code).toBe("cancelled");
    expect((await thrownBy(client.describe({}, { signal: controller.signal }))).code).toBe("cancelled");
  });

  test("an iterator that waits for events is told to return at once", async () => {
    const returned = Promise.withResolvers<void>();
    const { client } = await runSteps({
      generate: () => ({
        [Symbol.asyncIterator]: () => ({
          next: () => returned.promise.then(() => ({ done: true as const, value: undefined })),
          return: async () => {
            returned.resolve();
            return { done: true as const, value: undefined };
          },
        }),
      }),
    });
    const reading = collect(client.generate({}, { signal: AbortSignal.timeout(50) }));
    expect((await thrownBy(reading)).code).toBe("deadline_exceeded");
    await returned.promise;
  });

  test("a handler whose response cannot be sent is ended like any other", async () => {
    let finallyRan = false;
    const { client } = await runSteps(
      {
        async *generate() {
          try {
            for (;;) yield { event: { case: "result", value: { latents: { key: "k".repeat(5000) } } } };
          } finally {
            finallyRan = true;
          }
        },
      },
      { maxMessageBytes: 4096, capacity: 1 },
    );
    expect((await thrownBy(collect(client.generate({})))).code).toBe("internal");
    expect(finallyRan).toBe(true);
    expect((await thrownBy(collect(client.generate({})))).code).toBe("internal");
  });

  test("a handler whose finally fails does not take the server down", async () => {
    let ended = false;
    const { client } = await runSteps({
      async *generate() {
        try {
          for (;;) {
            await sleep(10);
            yield progressEvent(1, 2);
          }
        } finally {
          ended = true;
          // oxlint-disable-next-line no-unsafe-finally -- the failure under test.
          throw new Error("cleanup failed");
        }
      },
    });
    for await (const _ of client.generate({})) break;
    await waitUntil(() => ended);
    expect((await client.describe({ model: "alive" })).runtime?.model).toBe("alive");
  });
});

describe("deadline", () => {
  test("the caller gets deadline_exceeded, and the handler is stopped", async () => {
    const { seen, generate } = blindSteps(20);
    const { client } = await runSteps({ generate });
    const error = await thrownBy(collect(client.generate({}, { timeoutMs: 150 })));
    expect(error).toMatchObject({ code: "deadline_exceeded", fields: { timeoutMs: 150 } });
    await waitUntil(hasEnded(seen));
  });

  test("the server keeps it even if the client does not", async () => {
    const { seen, generate } = blindSteps(20);
    const contexts: RpcContext[] = [];
    const { client } = await runSteps({
      generate: (request, context) => {
        contexts.push(context);
        return generate(request, context);
      },
    });
    const sentAtMs = Date.now();
    const error = await thrownBy(collect(client.generate({}, { metadata: { "grpc-timeout": "150m" } })));
    expect(error.code).toBe("deadline_exceeded");
    await waitUntil(hasEnded(seen));
    expect(seen.reason).toMatchObject({ code: "deadline_exceeded" });
    expect(seen.finallyAfterYields).toBeLessThanOrEqual(seen.yieldsAtAbort + 1);
    expect(contexts[0]?.deadlineMs).toBeGreaterThanOrEqual(sentAtMs + 150);
    expect(contexts[0]?.deadlineMs).toBeLessThan(Date.now());
  });

  test("there is none unless the caller sets one, and a very long one is not a passed one", async () => {
    const deadlines: (number | undefined)[] = [];
    const { client } = await runSteps({
      describe: async (_, { deadlineMs }) => {
        deadlines.push(deadlineMs);
        return {};
      },
    });
    await client.describe({});
    await client.describe({}, { timeoutMs: 1e12 });
    expect(deadlines[0]).toBeUndefined();
    expect(deadlines[1]).toBeGreaterThan(Date.now() + 1e9);
  });
});
