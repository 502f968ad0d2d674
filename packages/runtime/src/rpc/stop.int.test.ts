import { spawnNode, waitUntil } from "@kinora/testing";
import { afterEach, describe, expect, test } from "vitest";
import { abortError } from "../timing/abort-error.ts";
import { sleep } from "../timing/sleep.ts";
import type { RpcContext } from "./rpc-context.ts";
import { closeAll, collect, connect, progressEvent, runSteps, thrownBy } from "./testing/steps-service.ts";

afterEach(closeAll);

/** Runs until it is told to end. */
function endless() {
  const seen = { begun: false, reason: "", finallyRan: false };
  async function* generate(_: unknown, { signal }: RpcContext) {
    try {
      for (;;) {
        seen.begun = true;
        await sleep(10, signal);
        yield progressEvent(1, 2);
      }
    } finally {
      seen.reason = signal.aborted ? abortError(signal).code : "";
      seen.finallyRan = true;
    }
  }
  return { seen, generate };
}

describe("stop with a stream in flight", () => {
  test("the stream ends in peace within the grace, and new calls find nobody", async () => {
    const { client, server, address } = await runSteps();
    const stream = client.generate({ numInferenceSteps: 40 });
    await stream.next();
    const stopped = server.stop(10_000);
    const late = connect({ address });
    expect(["unavailable", "draining"]).toContain((await thrownBy(late.describe({}))).code);
    expect(await collect(stream)).toHaveLength(40);
    const startedAtMs = performance.now();
    await stopped;
    expect(performance.now() - startedAtMs).toBeLessThan(900);
  });

  test("after the grace it is aborted as draining, and its finally has run when stop resolves", async () => {
    const { seen, generate } = endless();
    const { client, server } = await runSteps({ generate });
    const reading = thrownBy(collect(client.generate({})));
    await waitUntil(() => seen.begun);
    await server.stop(100);
    expect(seen).toMatchObject({ finallyRan: true, reason: "draining" });
    expect((await reading).code).toBe("draining");
  });

  test("a handler that ignores the abort does not hold the stop up for ever", async () => {
    let begun = false;
    const { client, server } = await runSteps({
      // oxlint-disable-next-line require-yield -- it never gets that far.
      async *generate() {
        begun = true;
        await new Promise(() => undefined);
      },
    });
    const reading = thrownBy(collect(client.generate({})));
    await waitUntil(() => begun);
    const startedAtMs = performance.now();
    await Promise.all([server.stop(50), server.stop(50)]);
    expect(performance.now() - startedAtMs).toBeLessThan(4000);
    expect((await reading).code).toBe("unavailable");
  });

  test("a call to a draining server goes on to the next endpoint", async () => {
    const { seen, generate } = endless();
    const first = await runSteps({ generate });
    const second = await runSteps();
    const client = connect({ address: [first.address, second.address] });
    const stream = client.generate({});
    await stream.next();
    const stopped = first.server.stop(300);
    await client.describe({});
    await client.describe({});
    await thrownBy(collect(stream));
    await stopped;
    expect(seen.finallyRan).toBe(true);
  });
});

test("an old connection is replaced without a call being lost", async () => {
  const { client } = await runSteps({}, { maxConnectionAgeMs: 100 });
  const stream = collect(client.generate({ numInferenceSteps: 100 }));
  const endsAtMs = performance.now() + 700;
  for (let calls = 0; performance.now() < endsAtMs; calls += 1) {
    const { runtime } = await client.describe({ model: `${calls}` });
    expect(runtime?.model).toBe(`${calls}`);
    await sleep(5);
  }
  expect(await stream).toHaveLength(101);
});

describe("a server process that dies", () => {
  test("kill -9 in mid-stream is unavailable, and the same client finds its successor", async () => {
    const file = new URL("./testing/steps-main.ts", import.meta.url).pathname;
    const first = spawnNode(file, { args: ["0"] });
    const { port } = await first.message<{ port: number }>();
    const client = connect({ address: `127.0.0.1:${port}` });
    const stream = client.generate({ numInferenceSteps: 10_000 });
    await stream.next();
    const reading = thrownBy(collect(stream));
    await first.kill("SIGKILL");
    expect((await reading).code).toBe("unavailable");
    await using second = spawnNode(file, { args: [String(port)] });
    await second.message();
    const recovered = await waitUntil(() => client.describe({ model: "again" }, { timeoutMs: 1000 }), {
      timeoutMs: 5000,
    });
    expect(recovered.runtime?.model).toBe("again");
  });
});
