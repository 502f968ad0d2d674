import { expect, it } from "vitest";
import { parseModelJson } from "./parse-model-json.ts";

it("reads what Python's json module writes", () => {
  const text = '{"a": -Infinity, "b": [Infinity, NaN], "c": "NaN and \\"-Infinity\\"", "d": -1.5}';
  expect(parseModelJson(text)).toEqual({
    a: -Infinity,
    b: [Infinity, null],
    c: 'NaN and "-Infinity"',
    d: -1.5,
  });
});

it("refuses everything else that is not JSON", () => {
  expect(() => parseModelJson("{a: 1}")).toThrow(SyntaxError);
  expect(() => parseModelJson("Infinity_1")).toThrow(SyntaxError);
});
