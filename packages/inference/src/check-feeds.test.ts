import { describe, expect, it } from "vitest";
import { checkFeeds, checkOutputs } from "./check-feeds.ts";
import type { EngineSession } from "./engine.ts";
import { float32Tensor } from "./tensor/tensor.ts";

const session: EngineSession = {
  id: 1,
  graphPath: "unet/model.onnx",
  inputs: [
    { name: "sample", type: "float32", shape: ["batch", 3, 2] },
    { name: "timestep", type: "float32", shape: [] },
  ],
  outputs: [{ name: "out_sample", type: "float32", shape: ["batch", 3, 2] }],
};
const sample = float32Tensor(new Float32Array(6), [1, 3, 2]);
const timestep = float32Tensor(Float32Array.of(1), []);

describe("checkFeeds", () => {
  it("passes tensors and handles that fit", () => {
    const handle = { handle: 4, type: "float32", dims: [2, 3, 2] } as const;
    expect(checkFeeds(session, { sample: handle, timestep })).toEqual({ sample: { handle: 4 }, timestep });
  });

  it.each([
    [{ sample }, /unet\/model\.onnx needs the input timestep/],
    [{ sample, timestep, guidance: timestep }, /has no input guidance; it has sample, timestep/],
    [
      { sample: { ...sample, dims: [1, 2, 3] }, timestep },
      /takes sample as \[batch, 3, 2\], not \[1, 2, 3\]/,
    ],
    [{ sample: { ...sample, dims: [3, 2] }, timestep }, /not \[3, 2\]/],
    [{ sample: { ...sample, dims: [2, 3, 2] }, timestep }, /cannot hold 6 values/],
  ])("refuses %#", (feeds, message) => {
    expect(() => checkFeeds(session, feeds)).toThrow(message);
  });
});

describe("checkOutputs", () => {
  it("refuses a name that the graph does not have", () => {
    expect(() => checkOutputs(session, ["out_sample"])).not.toThrow();
    expect(() => checkOutputs(session, ["sample"])).toThrow(/has no output sample; it has out_sample/);
  });
});
