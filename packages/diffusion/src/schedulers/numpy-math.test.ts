import { describe, expect, it } from "vitest";
import { arange, interpolate, linspace, log32, roundHalfToEven } from "./numpy-math.ts";

describe("log32", () => {
  // numpy.log of these is an ulp off the nearest float32.
  it.each([
    [0.008081352, -4.8181963],
    [5.328094, 1.6729937],
    [0.0069440054, -4.969877],
    [2.6014616, 0.9560734],
    [0.18210548, -1.7031691],
    [0.7043777, -0.35044056],
    [10.771121, 2.3768687],
    [123.456, 4.815885],
  ])("of %d is numpy's %d, not the nearest float32", (value, expected) => {
    const given = Math.fround(value);
    expect(log32(given)).toBe(Math.fround(expected));
    expect(Math.fround(Math.log(given))).not.toBe(Math.fround(expected));
  });

  it.each([
    [157.40703, 5.058835],
    [4096, 8.317766],
    [1, 0],
    [0.5, -0.6931472],
  ])("of %d is %d", (value, expected) => {
    expect(log32(Math.fround(value))).toBe(Math.fround(expected));
  });
});

it("rounds halves to the even neighbour", () => {
  expect([0.5, 1.5, 2.5, 499.5, 2.4, 2.6, 3].map(roundHalfToEven)).toEqual([0, 2, 2, 500, 2, 3, 3]);
});

it("spaces evenly, with or without the end", () => {
  expect(linspace(0, 10, 5)).toEqual([0, 2.5, 5, 7.5, 10]);
  expect(linspace(0, 10, 5, false)).toEqual([0, 2, 4, 6, 8]);
  expect(linspace(3, 10, 1)).toEqual([3]);
});

it("counts down to above the stop, with numpy's one value too many at 61 of 1000", () => {
  expect(arange(10, 0, -4)).toEqual([10, 6, 2]);
  expect(arange(1000, 0, -1000 / 61)).toHaveLength(62);
});

it("interpolates between places and is flat outside", () => {
  const values = Float32Array.of(1, 3, 7);
  expect([-1, 0, 0.5, 1.25, 2, 9].map((position) => interpolate(values, position))).toEqual([
    1, 1, 2, 4, 7, 7,
  ]);
});
