import { createServer } from "node:net";
import { AppError } from "@kinora/errors";
import { waitUntil } from "@kinora/testing";
import { afterEach, describe, expect, test } from "vitest";
import { sleep } from "../timing/sleep.ts";
import { closeAll, collect, connect, progressEvent, runSteps, thrownBy } from "./testing/steps-service.ts";

afterEach(closeAll);

/** Generates until its client goes, and takes its time to end. */
function slowToEnd(endMs: number) {
  const seen = { running: 0 };
  async function* generate() {
    seen.running += 1;
    try {
      for (;;) {
        await sleep(10);
        yield progressEvent(1, 2);
      }
    } finally {
      await sleep(endMs);
      seen.running -= 1;
    }
  }
  return { seen, generate };
}

const BUSY = { code: "capacity_exhausted", fields: { running: 1, capacity: 1 } };

describe("capacity", () => {
  test("a stream beyond it is refused at once, and unary calls still work", async () => {
    const { client } = await runSteps(slowToEnd(0), { capacity: 1 });
    const first = client.generate({});
    await first.next();
    const startedAtMs = performance.now();
    expect(await thrownBy(collect(client.generate({})))).toMatchObject(BUSY);
    expect(performance.now() - startedAtMs).toBeLessThan(500);
    await client.describe({});
    await first.return();
  });

  test("a place is free again only when the handler has really ended", async () => {
    const { seen, generate } = slowToEnd(200);
    const { client } = await runSteps({ generate }, { capacity: 1 });
    for await (const _ of client.generate({})) break;
    await sleep(50);
    expect(seen.running).toBe(1);
    expect(await thrownBy(collect(client.generate({})))).toMatchObject(BUSY);
    await waitUntil(() => seen.running === 0);
    const next = client.generate({});
    expect((await next.next()).done).toBe(false);
    await next.return();
  });

  test("two places hold two streams", async () => {
    const { client } = await runSteps({}, { capacity: 2 });
    const [a, b] = await Promise.all([
      collect(client.generate({ numInferenceSteps: 10 })),
      collect(client.generate({ numInferenceSteps: 10 })),
    ]);
    expect([a.length, b.length]).toEqual([11, 11]);
  });
});

describe("several endpoints", () => {
  test("a busy one is passed over, and all busy is capacity_exhausted", async () => {
    const servers = [await runSteps({}, { capacity: 1 }), await runSteps({}, { capacity: 1 })];
    const client = connect({ address: servers.map(({ address }) => address) });
    const long = () => client.generate({ numInferenceSteps: 100 });
    const running = [long(), long()];
    await Promise.all(running.map((stream) => stream.next()));
    const third = await thrownBy(collect(long()));
    expect(third.code).toBe("capacity_exhausted");
    await Promise.all(running.map((stream) => stream.return()));
  });

  test("an unreachable one is passed over, in a list written as one string too", async () => {
    const { address } = await runSteps();
    const client = connect({ address: `127.0.0.1:1, ${address}` });
    for (let i = 0; i < 4; i += 1) await client.describe({}, { timeoutMs: 5000 });
    expect(await collect(client.generate({ numInferenceSteps: 2 }))).toHaveLength(3);
  });

  test("nothing is tried twice after the first response", async () => {
    let calls = 0;
    const handlers = {
      async *generate() {
        calls += 1;
        yield progressEvent(1, 2);
        throw new AppError("unavailable", { what: "The engine", reason: "it died" });
      },
    };
    const servers = [await runSteps(handlers), await runSteps(handlers)];
    const client = connect({ address: servers.map(({ address }) => address) });
    expect((await thrownBy(collect(client.generate({})))).code).toBe("unavailable");
    expect(calls).toBe(1);
  });

  test("calls rotate over the endpoints", async () => {
    const counts = [0, 0];
    const count = (index: number) => ({
      describe: async () => {
        counts[index] = (counts[index] ?? 0) + 1;
        return {};
      },
    });
    const servers = [await runSteps(count(0)), await runSteps(count(1))];
    const client = connect({ address: servers.map(({ address }) => address) });
    for (let i = 0; i < 6; i += 1) await client.describe({});
    expect(counts).toEqual([3, 3]);
  });

  test("one name with several servers behind it: a busy server sends the call to the next", async () => {
    const servers = [await runSteps({}, { capacity: 1 }), await runSteps({}, { capacity: 1 })];
    const client = connect({ address: [`ipv4:${servers.map(({ address }) => address).join(",")}`] });
    // Both connections must be up, or round robin has nobody to turn to.
    for (let i = 0; i < 4; i += 1) await client.describe({});
    await sleep(100);
    const running = [
      client.generate({ numInferenceSteps: 200 }),
      client.generate({ numInferenceSteps: 200 }),
    ];
    const begun = await Promise.all(running.map((stream) => stream.next()));
    expect(begun.map(({ done }) => done)).toEqual([false, false]);
    await Promise.all(running.map((stream) => stream.return()));
  });

  test("a server that never answers costs the deadline, not more", async () => {
    const mute = createServer(() => undefined).listen(0, "127.0.0.1");
    await waitUntil(() => mute.listening);
    const { port } = mute.address() as { port: number };
    const client = connect({ address: `127.0.0.1:${port}` });
    const startedAtMs = performance.now();
    const error = await thrownBy(client.describe({}, { timeoutMs: 200 }));
    expect(error.code).toBe("deadline_exceeded");
    expect(performance.now() - startedAtMs).toBeLessThan(2000);
    mute.close();
  });
});
