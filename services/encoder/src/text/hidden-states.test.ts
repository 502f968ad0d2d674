import { float32Tensor } from "@kinora/inference";
import { expect, it } from "vitest";
import { joinLengths, joinWidths, padWidth, rowOf } from "./hidden-states.ts";

const tensor = (dims: readonly number[], ...values: number[]) =>
  float32Tensor(Float32Array.from(values), dims);
const narrow = tensor([2, 2, 1], 1, 2, 3, 4);
const wide = tensor([2, 2, 2], 10, 11, 20, 21, 30, 31, 40, 41);

it("joins encoders side by side", () => {
  expect(joinWidths([narrow, wide])).toEqual(tensor([2, 2, 3], 1, 10, 11, 2, 20, 21, 3, 30, 31, 4, 40, 41));
  expect(joinWidths([tensor([1, 1], 5), tensor([1, 2], 6, 7)])).toEqual(tensor([1, 3], 5, 6, 7));
});

it("widens with zeros", () => {
  expect(padWidth(narrow, 2)).toEqual(tensor([2, 2, 2], 1, 0, 2, 0, 3, 0, 4, 0));
  expect(padWidth(wide, 2)).toBe(wide);
});

it("joins lengths row by row", () => {
  const longer = tensor([2, 1, 1], 8, 9);
  expect(joinLengths(narrow, longer)).toEqual(tensor([2, 3, 1], 1, 2, 8, 3, 4, 9));
});

it("takes a row as a batch of one", () => {
  expect(rowOf(wide, 1)).toEqual(tensor([1, 2, 2], 30, 31, 40, 41));
});
