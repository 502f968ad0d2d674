import { monitorEventLoopDelay } from "node:perf_hooks";
import { expect, it } from "vitest";
import { graphFixture, roundsFor, spinFeeds, testEngine } from "./testing/test-engine.ts";

const RUN_MS = 2000;

/** Delay of this process's event loop, in milliseconds, while `work` is done. */
async function loopDelay(work: () => Promise<unknown>): Promise<{ p99: number; max: number }> {
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  await work();
  // A blocked loop is only noticed by the timer after it.
  await new Promise((resolve) => setTimeout(resolve, 20));
  delay.disable();
  return { p99: delay.percentile(99) / 1e6, max: delay.max / 1e6 };
}

it("keeps the service's event loop free while a model runs for 2 s at a time", async () => {
  await using engine = testEngine({ threads: 0 });
  const spin = await engine.load(graphFixture("spin.onnx"));
  const rounds = await roundsFor(engine, spin, RUN_MS);
  const twoRuns = async (): Promise<void> => {
    for (let run = 0; run < 2; run++) await engine.run(spin, spinFeeds(rounds));
  };
  // Other processes can only add delay, so on a busy machine the best of a few measurements counts.
  let p99 = Number.POSITIVE_INFINITY;
  for (let attempt = 0; attempt < 4 && p99 > 50; attempt++)
    p99 = Math.min(p99, (await loopDelay(twoRuns)).p99);
  expect(p99).toBeLessThanOrEqual(50);

  // The control: the same run in this process.
  process.env["ORT_DISABLE_TELEMETRY"] = "1";
  const { InferenceSession, Tensor } = await import("onnxruntime-node");
  const session = await InferenceSession.create(graphFixture("spin.onnx"), { logSeverityLevel: 3 });
  const feeds = {
    rounds: new Tensor("int64", BigInt64Array.of(BigInt(rounds)), []),
    x: new Tensor("float32", Float32Array.of(1), [1]),
  };
  const control = await loopDelay(() => session.run(feeds));
  await session.release();
  expect(control.max).toBeGreaterThan(500);
});
