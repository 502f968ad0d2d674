import { describe, expect, it } from "vitest";
import { addFeeds, graphFixture, roundsFor, spinFeeds, testEngine } from "./testing/test-engine.ts";

describe("an engine's calls", () => {
  it("are dropped at once when aborted, and removed when they still wait", async () => {
    await using engine = testEngine();
    const spin = await engine.load(graphFixture("spin.onnx"));
    const add = await engine.load(graphFixture("add.onnx"));
    const rounds = await roundsFor(engine, spin, 2000);
    const [running, waiting] = [new AbortController(), new AbortController()];
    const startMs = performance.now();
    const dropped = engine.run(spin, spinFeeds(rounds), { signal: running.signal });
    const removed = engine.run(spin, spinFeeds(rounds * 100), { signal: waiting.signal });
    const after = engine.run(add, addFeeds(4));
    setTimeout(() => (running.abort(), waiting.abort()), 100);
    await expect(dropped).rejects.toMatchObject({ code: "cancelled" });
    await expect(removed).rejects.toMatchObject({ code: "cancelled" });
    const droppedMs = performance.now() - startMs;
    expect((await after)["sum"]?.data).toEqual(Float32Array.of(8));
    // The run itself went on to its end, and the one that waited behind it was never started.
    expect(performance.now() - startMs).toBeGreaterThan(2 * droppedMs);
    expect(engine.crashes).toBe(0);
  });

  it("are not even made when their signal is aborted already", async () => {
    await using engine = testEngine();
    const add = await engine.load(graphFixture("add.onnx"));
    const aborted = engine.run(add, addFeeds(1), { signal: AbortSignal.abort() });
    await expect(aborted).rejects.toMatchObject({ code: "cancelled" });
  });

  it("fail with a retryable error when the child is killed; the next ones succeed", async () => {
    await using engine = testEngine();
    const spin = await engine.load(graphFixture("spin.onnx"));
    const add = await engine.load(graphFixture("add.onnx"));
    const x = await engine.put({ type: "float32", dims: [1], data: Float32Array.of(1) });
    const killed = engine.childPid as number;
    const inFlight = engine.run(spin, spinFeeds(1_000_000));
    const queued = engine.run(add, addFeeds(3));
    setTimeout(() => process.kill(killed, "SIGKILL"), 200);
    await expect(inFlight).rejects.toMatchObject({ code: "engine_crashed", row: { retryable: true } });
    await expect(inFlight).rejects.toThrow(/spin\.onnx \(signal SIGKILL\)/);
    expect((await queued)["sum"]?.data).toEqual(Float32Array.of(6));
    expect((await engine.run(spin, spinFeeds(1)))["y"]?.data).toEqual(Float32Array.of(1));
    expect(engine.childPid).not.toBe(killed);
    expect(engine.crashes).toBe(1);
    // What lay in the dead child is lost, and said to be.
    await expect(engine.run(add, { x, y: x })).rejects.toMatchObject({ code: "engine_crashed" });
  });

  it("survive a child that dies while nothing runs", async () => {
    await using engine = testEngine();
    const add = await engine.load(graphFixture("add.onnx"));
    process.kill(engine.childPid as number, "SIGKILL");
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect((await engine.run(add, addFeeds(5)))["sum"]?.data).toEqual(Float32Array.of(10));
    expect(engine.crashes).toBe(1);
  });

  it("end at their deadline, by the death of the child", async () => {
    await using engine = testEngine({ deadlines: { runMs: 300 } });
    const spin = await engine.load(graphFixture("spin.onnx"));
    const startMs = performance.now();
    const endless = engine.run(spin, spinFeeds(1_000_000));
    await expect(endless).rejects.toThrow(/no answer in 300 ms/);
    await expect(endless).rejects.toMatchObject({ code: "engine_crashed" });
    expect(performance.now() - startMs).toBeLessThan(5000);
    expect((await engine.run(spin, spinFeeds(1)))["y"]?.data).toEqual(Float32Array.of(1));
  });

  it("are given 20 times the slowest run before", async () => {
    await using engine = testEngine({ deadlines: { runMs: 400 } });
    const spin = await engine.load(graphFixture("spin.onnx"));
    // Each run takes about twice as long as the one before, so the deadline grows ahead of them.
    for (let rounds = 4, lastMs = 0; lastMs < 800; rounds *= 2) {
      const startMs = performance.now();
      await engine.run(spin, spinFeeds(rounds));
      lastMs = performance.now() - startMs;
    }
    expect(engine.crashes).toBe(0);
  });
});
