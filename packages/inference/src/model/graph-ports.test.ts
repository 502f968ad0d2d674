import { statSync } from "node:fs";
import { expect, it } from "vitest";
import { graphFixture } from "../testing/test-engine.ts";
import { readGraphPorts } from "./graph-ports.ts";

const portsOf = (fixture: string) => {
  const path = graphFixture(fixture);
  return readGraphPorts(path, statSync(path).size);
};

it("reads names, types and shapes, fixed and dynamic", () => {
  expect(portsOf("add.onnx")).toEqual({
    inputs: [
      { name: "x", type: "float32", shape: ["n"] },
      { name: "y", type: "float32", shape: ["n"] },
    ],
    outputs: [{ name: "sum", type: "float32", shape: ["n"] }],
  });
});

it("tells a scalar from an unknown shape", () => {
  const rounds = portsOf("spin.onnx").inputs.find(({ name }) => name === "rounds");
  expect(rounds).toEqual({ name: "rounds", type: "int64", shape: [] });
});

it("reads float16, and graphs whose weights lie elsewhere", () => {
  expect(portsOf("double-half.onnx").inputs.every(({ type }) => type === "float16")).toBe(true);
  expect(portsOf("external/model.onnx").inputs).toHaveLength(1);
});
