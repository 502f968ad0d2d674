import { buffer } from "node:stream/consumers";
import { waitUntil } from "@kinora/testing";
import { describe, expect, it } from "vitest";
import { float32Tensor } from "./tensor/tensor.ts";
import { addFeeds, graphFixture, testEngine } from "./testing/test-engine.ts";

const FRAME_BYTES = 128 * 128 * 3;
const frameFeeds = (...values: number[]) => ({
  x: float32Tensor(Float32Array.from(values), [values.length]),
});

const repeated = (length: number, value: number): number[] => Array.from({ length }, () => value);

/** The first byte of every frame, once all bytes of a frame are equal. */
function frameValues(bytes: Buffer): number[] {
  return Array.from({ length: bytes.length / FRAME_BYTES }, (_, frame) => {
    const values = bytes.subarray(frame * FRAME_BYTES, (frame + 1) * FRAME_BYTES);
    expect(values.every((value) => value === values[0])).toBe(true);
    return values[0] as number;
  });
}

describe("an engine's streams", () => {
  it("carry frames in the order of the calls, other runs between them", async () => {
    await using engine = testEngine();
    const frames = await engine.load(graphFixture("frames.onnx"));
    const add = await engine.load(graphFixture("add.onnx"));
    const starts = [0, 16, 32, 48, 64];
    const streams = starts.map((start) =>
      engine.stream(frames, frameFeeds(...Array.from({ length: 16 }, (_, i) => start + i)), {
        output: "frames",
      }),
    );
    const sum = engine.run(add, addFeeds(1));
    const bytes = await Promise.all(streams.map((stream) => buffer(stream)));
    expect(bytes.flatMap(frameValues)).toEqual(Array.from({ length: 80 }, (_, i) => i));
    expect((await sum)["sum"]?.data).toEqual(Float32Array.of(2));
  });

  it("are computed at most two ahead of their reader, and hold up no other call", async () => {
    await using engine = testEngine();
    const frames = await engine.load(graphFixture("frames.onnx"));
    const add = await engine.load(graphFixture("add.onnx"));
    const lots = [1, 2, 3].map((value) =>
      engine.stream(frames, frameFeeds(...repeated(32, value)), { output: "frames" }),
    );
    expect((await engine.run(add, addFeeds(1)))["sum"]?.data).toEqual(Float32Array.of(2));
    const firstChild = engine.childPid as number;
    process.kill(firstChild, "SIGKILL");
    await waitUntil(() => engine.childPid === undefined, { what: "the end of the engine child" });
    // What was computed outlives the child; the third lot was not, so a new child makes it.
    const read = await Promise.all(lots.map((lot) => buffer(lot)));
    expect(read.map(frameValues)).toEqual([repeated(32, 1), repeated(32, 2), repeated(32, 3)]);
    expect([engine.crashes, engine.childPid === firstChild]).toEqual([1, false]);
  });

  it("convert a foreign decoder's pictures", async () => {
    await using engine = testEngine();
    const pictures = await engine.load(graphFixture("pictures.onnx"));
    const latents = float32Tensor(Float32Array.of(-1, 1, 0, 0, 1, -1), [1, 3, 1, 2]);
    const options = { output: "sample", layout: "nchw-float" } as const;
    const bytes = await buffer(engine.stream(pictures, { latent_sample: latents }, options));
    expect([...bytes]).toEqual([0, 128, 255, 255, 128, 0]);
    const wrong = buffer(engine.stream(pictures, { latent_sample: latents }, { output: "sample" }));
    await expect(wrong).rejects.toMatchObject({ code: "internal" });
  });

  it("go on after one that was destroyed or aborted half-way", async () => {
    await using engine = testEngine();
    const frames = await engine.load(graphFixture("frames.onnx"));
    const lot = frameFeeds(...repeated(16, 1));
    const destroyed = engine.stream(frames, lot, { output: "frames" });
    const controller = new AbortController();
    const aborted = engine.stream(frames, lot, { output: "frames", signal: controller.signal });
    const late = engine.stream(frames, lot, { output: "frames", signal: controller.signal });
    const last = engine.stream(frames, frameFeeds(9), { output: "frames" });
    await new Promise((resolve) => destroyed.once("readable", resolve));
    destroyed.destroy();
    await new Promise((resolve) => aborted.once("readable", resolve));
    const outcomes = Promise.allSettled([buffer(aborted), buffer(late)]);
    controller.abort();
    expect(frameValues(await buffer(last))).toEqual([9]);
    for (const outcome of await outcomes) {
      expect(outcome).toMatchObject({ status: "rejected", reason: { code: "cancelled" } });
    }
    expect(engine.crashes).toBe(0);
  });

  it("fail all with their child, those too that nobody reads yet, and their readers hear of it later", async () => {
    await using engine = testEngine();
    const frames = await engine.load(graphFixture("frames.onnx"));
    process.kill(engine.childPid as number, "SIGSTOP");
    const lots = [1, 2].map((value) =>
      engine.stream(frames, frameFeeds(...repeated(32, value)), { output: "frames" }),
    );
    await new Promise((resolve) => setTimeout(resolve, 50));
    process.kill(engine.childPid as number, "SIGKILL");
    await waitUntil(() => engine.childPid === undefined, { what: "the end of the engine child" });
    await new Promise((resolve) => setTimeout(resolve, 50));
    for (const lot of lots) await expect(buffer(lot)).rejects.toMatchObject({ code: "engine_crashed" });
  });

  it("fail as retryable when the child dies under them, and work again", async () => {
    await using engine = testEngine();
    const frames = await engine.load(graphFixture("frames.onnx"));
    const computed = engine.stream(frames, frameFeeds(...repeated(32, 7)), { output: "frames" });
    await new Promise((resolve) => computed.once("readable", resolve));
    // A child that stands still has its call in flight when it dies.
    process.kill(engine.childPid as number, "SIGSTOP");
    const lost = engine.stream(frames, frameFeeds(...repeated(32, 8)), { output: "frames" });
    const isLost = buffer(lost);
    setTimeout(() => process.kill(engine.childPid as number, "SIGKILL"), 100);
    await expect(isLost).rejects.toMatchObject({ code: "engine_crashed", row: { retryable: true } });
    expect(frameValues(await buffer(computed))).toEqual(repeated(32, 7));
    const again = engine.stream(frames, frameFeeds(5, 6), { output: "frames" });
    expect(frameValues(await buffer(again))).toEqual([5, 6]);
  });
});
