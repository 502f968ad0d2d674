import type { EngineSession } from "@kinora/inference";
import { describe, expect, it } from "vitest";
import { joinChannels, stackRows, timestepTensor } from "./denoiser.ts";

type Port = EngineSession["inputs"][number];

describe("timestepTensor", () => {
  it.each<[string, Omit<Port, "name">, number[], number[]]>([
    ["a float scalar", { type: "float32", shape: [] }, [], [499.5]],
    ["one for each row", { type: "float32", shape: ["batch"] }, [4], [499.5, 499.5, 499.5, 499.5]],
    ["a fixed single one", { type: "float16", shape: [1] }, [1], [499.5]],
    ["a whole scalar", { type: "int64", shape: [] }, [], [499]],
  ])("is %s where the graph says so", (_, port, dims, data) => {
    const session = { inputs: [{ name: "timestep", ...port }] };
    expect(timestepTensor(session, 499.5, 4)).toEqual({
      type: "float32",
      dims,
      data: Float32Array.from(data),
    });
  });
});

describe("joinChannels", () => {
  it("puts each copy's channels behind those of every picture", () => {
    // Two pictures of one channel and two pixels.
    const sample = Float32Array.of(1, 2, 3, 4);
    const besides = [Float32Array.of(10, 11), Float32Array.of(20, 21)];
    expect(joinChannels(sample, [2, 1, 1, 2], besides)).toEqual({
      dims: [4, 2, 1, 2],
      data: Float32Array.of(1, 2, 10, 11, 3, 4, 10, 11, 1, 2, 20, 21, 3, 4, 20, 21),
    });
  });

  it("puts them behind those of every frame of a clip", () => {
    const frames = Float32Array.of(1, 2, 3);
    const besides = [new Float32Array(2), Float32Array.of(8, 9)];
    expect(joinChannels(frames, [1, 3, 1, 1, 1], besides)).toEqual({
      dims: [2, 3, 3, 1, 1],
      data: Float32Array.of(1, 0, 0, 2, 0, 0, 3, 0, 0, 1, 8, 9, 2, 8, 9, 3, 8, 9),
    });
  });
});

it("stacks rows, each of them so many times", () => {
  const row = (value: number) =>
    ({ type: "float32", dims: [1, 2], data: Float32Array.of(value, -value) }) as const;
  expect(stackRows([row(1), row(2)], 2)).toEqual({
    type: "float32",
    dims: [4, 2],
    data: Float32Array.of(1, -1, 1, -1, 2, -2, 2, -2),
  });
});
