import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { spawnNode, temporaryFolder } from "@kinora/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createComputeLock } from "./compute-lock.ts";
import { addFeeds, graphFixture, roundsFor, spinFeeds, testEngine } from "./testing/test-engine.ts";

const holderScript = fileURLToPath(new URL("./testing/lock-holder-main.ts", import.meta.url));
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  folder = await temporaryFolder("lock");
});
afterAll(() => folder.remove());

describe("createComputeLock", () => {
  it("is held by one at a time, and taken in turns", async () => {
    const path = join(folder.path, "new", "turns.lock");
    const locks = [createComputeLock(path), createComputeLock(path)];
    const order: number[] = [];
    let holders = 0;
    await Promise.all(
      locks.map(async (lock, name) => {
        for (let i = 0; i < 20; i++) {
          const release = await lock.acquire();
          expect(++holders).toBe(1);
          await new Promise((resolve) => setTimeout(resolve, 2));
          order.push(name);
          holders--;
          release();
        }
      }),
    );
    // One that computes step after step does not keep the other waiting.
    const firstToEnd = order[order.length - 1] === 0 ? 1 : 0;
    expect(order.lastIndexOf(firstToEnd)).toBeGreaterThan(20);
    for (const lock of locks) lock.close();
  });

  it("is its holder's again at once, unless another one waits", async () => {
    const path = join(folder.path, "again.lock");
    const [holder, other] = [createComputeLock(path), createComputeLock(path)];
    const releases = [await holder.acquire(), await holder.acquire()];
    const order: string[] = [];
    const waiting = other.acquire().then((release) => (order.push("other"), release));
    await new Promise((resolve) => setTimeout(resolve, 20));
    const again = holder.acquire().then((release) => (order.push("holder"), release));
    for (const release of releases) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      expect(order).toEqual([]);
      release();
    }
    (await waiting)();
    (await again)();
    expect(order).toEqual(["other", "holder"]);
    for (const lock of [holder, other]) lock.close();
  });

  it("is free as soon as its holder was killed", async () => {
    const path = join(folder.path, "killed.lock");
    await using holder = spawnNode(holderScript, { args: [path] });
    await holder.message();
    const lock = createComputeLock(path);
    const waited = await lock.acquire(AbortSignal.timeout(100)).then(
      () => "taken",
      (error: Error) => error,
    );
    expect(waited).toMatchObject({ code: "deadline_exceeded" });
    await holder.kill("SIGKILL");
    const release = await lock.acquire(AbortSignal.timeout(5000));
    release();
    lock.close();
  });

  it("lets one engine compute while the others wait, without counting that as their time", async () => {
    const lockPath = join(folder.path, "engines.lock");
    await using first = testEngine({ lockPath });
    await using second = testEngine({ lockPath, deadlines: { runMs: 500 } });
    const spin = await first.load(graphFixture("spin.onnx"));
    const add = await second.load(graphFixture("add.onnx"));
    const rounds = await roundsFor(first, spin, 1000);
    const ended: string[] = [];
    const long = first.run(spin, spinFeeds(rounds)).then(() => ended.push("first"));
    await new Promise((resolve) => setTimeout(resolve, 50));
    const short = second.run(add, addFeeds(1)).then(() => ended.push("second"));
    await Promise.all([long, short]);
    expect(ended).toEqual(["first", "second"]);
    expect(second.crashes).toBe(0);
  });
});
