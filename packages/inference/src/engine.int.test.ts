import { existsSync } from "node:fs";
import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { fixturePath, temporaryFolder } from "@kinora/testing";
import { describe, expect, it } from "vitest";
import { openModelFolder } from "./model/model-folder.ts";
import { float32Tensor, int64Tensor } from "./tensor/tensor.ts";
import { addFeeds, graphFixture, testEngine } from "./testing/test-engine.ts";

const hasNvidia = existsSync("/dev/nvidiactl");

describe("an engine", () => {
  it("loads a graph, says what it takes and gives, and runs it", async () => {
    await using engine = testEngine();
    const add = await engine.load(graphFixture("add.onnx"));
    expect(add).toMatchObject({
      graphPath: graphFixture("add.onnx"),
      inputs: [
        { name: "x", type: "float32", shape: ["n"] },
        { name: "y", type: "float32", shape: ["n"] },
      ],
      outputs: [{ name: "sum", type: "float32", shape: ["n"] }],
    });
    const outputs = await engine.run(add, addFeeds(1, 2.5));
    expect(outputs).toEqual({ sum: { type: "float32", dims: [2], data: Float32Array.of(2, 5) } });
    expect(await engine.info()).toEqual({ provider: "cpu", runtime: "onnxruntime-1.30.0" });
  });

  it("feeds float16 graphs, from float16 and from float32 tensors", async () => {
    await using engine = testEngine();
    const double = await engine.load(graphFixture("double-half.onnx"));
    const doubled = { type: "float16", dims: [2], data: Uint16Array.of(0x4000, 0xc500) };
    const bits = { type: "float16", dims: [2], data: Uint16Array.of(0x3c00, 0xc100) } as const;
    expect((await engine.run(double, { x: bits }))["doubled"]).toEqual(doubled);
    const floats = float32Tensor(Float32Array.of(1, -2.5), [2]);
    expect((await engine.run(double, { x: floats }))["doubled"]).toEqual(doubled);
  });

  it("takes and gives tensors of more than 100 MB", async () => {
    await using engine = testEngine();
    const double = await engine.load(graphFixture("double-half.onnx"));
    // 1 and 2 in half precision.
    const x = { type: "float16", dims: [52 << 20], data: new Uint16Array(52 << 20).fill(0x3c00) } as const;
    const kept = await engine.put(x);
    const expected = Buffer.from(new Uint16Array(52 << 20).fill(0x4000).buffer);
    expect(expected.length).toBeGreaterThan(100e6);
    for (const feed of [x, kept]) {
      const doubled = (await engine.run(double, { x: feed }))["doubled"];
      // Not by the test's own equality, which looks at each of the numbers.
      expect(Buffer.from(doubled?.data.buffer as ArrayBuffer).equals(expected)).toBe(true);
    }
  });

  it("keeps tensors in the child", async () => {
    await using engine = testEngine();
    const add = await engine.load(graphFixture("add.onnx"));
    const x = await engine.put(float32Tensor(Float32Array.of(3), [1]));
    const { outputs, kept } = await engine.runKeeping(add, { x, y: x }, { keep: ["sum"] });
    expect(outputs).toEqual({});
    expect(kept.sum).toMatchObject({ type: "float32", dims: [1] });
    const again = await engine.run(add, { x: kept.sum, y: kept.sum });
    expect(again["sum"]?.data).toEqual(Float32Array.of(12));
    await engine.release(kept.sum);
    await expect(engine.run(add, { x: kept.sum, y: x })).rejects.toMatchObject({ code: "engine_crashed" });
  });

  it("refuses wrong feeds without a run, and goes on", async () => {
    await using engine = testEngine();
    const add = await engine.load(graphFixture("add.onnx"));
    const x = float32Tensor(Float32Array.of(1, 2), [2]);
    await expect(engine.run(add, { x })).rejects.toThrow(/needs the input y/);
    await expect(engine.run(add, { x, y: x, z: x })).rejects.toThrow(/has no input z/);
    await expect(engine.run(add, { x, y: { ...x, dims: [1, 2] } })).rejects.toThrow(/takes y as \[n\]/);
    await expect(engine.run(add, addFeeds(1), { fetches: ["total"] })).rejects.toThrow(/has no output total/);
    const bytes = { type: "uint8", dims: [1], data: Uint8Array.of(1) } as const;
    await expect(engine.run(add, { x: bytes, y: bytes })).rejects.toThrow(/uint8 tensor does not convert/);
    const y = float32Tensor(Float32Array.of(1, 2, 3), [3]);
    await expect(engine.run(add, { x, y })).rejects.toThrow(/add.onnx failed/);
    expect((await engine.run(add, addFeeds(2)))["sum"]?.data).toEqual(Float32Array.of(4));
    expect(engine.crashes).toBe(0);
  });

  it("names a graph that ONNX Runtime refuses", async () => {
    await using engine = testEngine();
    const missing = engine.load(graphFixture("missing.onnx"));
    await expect(missing).rejects.toMatchObject({ code: "model_invalid" });
    await expect(missing).rejects.toThrow(/missing\.onnx/);
    await expect(engine.load(graphFixture("external/weights.data"))).rejects.toMatchObject({
      code: "model_invalid",
    });
  });

  it("loads weights that lie beside the graph, prepacked or shared", async () => {
    await using engine = testEngine();
    const x = float32Tensor(new Float32Array(16).fill(1), [16]);
    for (const prepacking of [true, false]) {
      const session = await engine.load(graphFixture("external/model.onnx"), { prepacking });
      expect((await engine.run(session, { x }))["y"]?.data[15]).toBe(16);
      await engine.release(session);
      await expect(engine.run(session, { x })).rejects.toThrow(/was released/);
    }
  });

  it("runs the tiny family's graphs from their verified folder", async () => {
    await using engine = testEngine();
    const folder = await openModelFolder(fixturePath("models"), "tiny");
    const encoder = await engine.load(folder.graph("text_encoder"));
    const tokens = Number(encoder.inputs[0]?.shape[1]);
    const ids = int64Tensor(
      Array.from({ length: tokens }, () => 1),
      [1, tokens],
    );
    const encoded = (await engine.run(encoder, { input_ids: ids }))["last_hidden_state"];
    expect(encoded?.type).toBe("float32");
    expect(encoded?.dims.slice(0, 2)).toEqual([1, tokens]);
  });

  it("writes nothing into the home folder and reports to nobody", async () => {
    await using home = await temporaryFolder("home");
    const cache = join(home.path, ".cache");
    await mkdir(cache);
    await using engine = testEngine({ env: { HOME: home.path, XDG_CACHE_HOME: cache } });
    await engine.run(await engine.load(graphFixture("add.onnx")), addFeeds(1));
    expect(await readdir(home.path)).toEqual([".cache"]);
    expect(await readdir(cache)).toEqual([]);
  });

  it("ends its child when it is closed, and refuses further calls", async () => {
    const engine = testEngine();
    const add = await engine.load(graphFixture("add.onnx"));
    await engine.close();
    expect(engine.childPid).toBeUndefined();
    expect(engine.crashes).toBe(0);
    await expect(engine.run(add, addFeeds(1))).rejects.toMatchObject({ code: "draining" });
    await expect(engine.info()).rejects.toMatchObject({ code: "draining" });
  });
});

async function expectGpu(device: "auto" | "cuda"): Promise<void> {
  await using engine = testEngine({ device });
  expect(await engine.info()).toMatchObject({ provider: "cuda" });
}

async function expectCpuForAuto(): Promise<void> {
  await using engine = testEngine({ device: "auto" });
  expect(await engine.info()).toMatchObject({ provider: "cpu" });
  const add = await engine.load(graphFixture("add.onnx"));
  expect((await engine.run(add, addFeeds(1)))["sum"]?.data).toEqual(Float32Array.of(2));
}

async function expectCudaRefused(): Promise<void> {
  await using engine = testEngine({ device: "cuda" });
  await expect(engine.info()).rejects.toMatchObject({
    code: "device_unavailable",
    fields: { device: "cuda" },
  });
  await expect(engine.load(graphFixture("add.onnx"))).rejects.toThrow(
    /KINORA_DEVICE=cuda.*libonnxruntime_providers_cuda\.so/,
  );
  expect(engine.crashes).toBe(0);
}

// What is true depends on the machine: each kind checks its own, so that nothing is skipped.
const DEVICE_FACTS: readonly (readonly [string, () => Promise<void>])[] = hasNvidia
  ? [
      ["auto is the GPU", () => expectGpu("auto")],
      ["cuda is the GPU", () => expectGpu("cuda")],
    ]
  : [
      ["auto is the CPU where there is no GPU", expectCpuForAuto],
      ["cuda is refused with what is missing", expectCudaRefused],
    ];

describe("an engine's device", () => {
  it.each(DEVICE_FACTS)("%s", (_, check) => check());
});
