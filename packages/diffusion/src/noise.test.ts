import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { createTorchGenerator } from "./noise.ts";

interface Golden {
  readonly cases: readonly {
    readonly seed: string;
    readonly draws: readonly { size: number; first: number[]; last: number[]; sum: number }[];
  }[];
}

const golden = JSON.parse(
  readFileSync(new URL("../fixtures/torch-noise.json", import.meta.url), "utf8"),
) as Golden;

/** Between torch's own vector and scalar paths 1.4e-6 was measured; fewer than 16 values are exact. */
const tolerance = (size: number): number => (size < 16 ? 0 : 2e-6);

const largestGap = (values: Float32Array, expected: readonly number[]): number =>
  Math.max(...expected.map((value, index) => Math.abs((values[index] as number) - value)));

describe("createTorchGenerator", () => {
  it.each(
    golden.cases.map((entry) => [entry.seed, entry.draws.map((draw) => draw.size).join(","), entry] as const),
  )("equals torch with seed %s for draws of %s", (seed, _sizes, { draws }) => {
    const generator = createTorchGenerator(BigInt(seed));
    for (const { size, first, last, sum } of draws) {
      const values = generator.randn(size);
      expect(values).toHaveLength(size);
      expect(largestGap(values, first)).toBeLessThanOrEqual(tolerance(size));
      expect(largestGap(values.subarray(-last.length), last)).toBeLessThanOrEqual(tolerance(size));
      const total = values.reduce((a, b) => a + b, 0);
      expect(Math.abs(total - sum)).toBeLessThanOrEqual(1e-3);
    }
  });

  it("takes only the low 32 bits of a seed, given as a number or a bigint", () => {
    const values = createTorchGenerator(7).randn(32);
    expect(createTorchGenerator(2 ** 32 + 7).randn(32)).toEqual(values);
    expect(createTorchGenerator(7n).randn(32)).toEqual(values);
    expect(createTorchGenerator(8).randn(32)).not.toEqual(values);
  });

  it("refuses counts and seeds that are not integers", () => {
    expect(() => createTorchGenerator(0).randn(-1)).toThrow(RangeError);
    expect(() => createTorchGenerator(0).randn(1.5)).toThrow(RangeError);
    expect(() => createTorchGenerator(1.5)).toThrow(RangeError);
    expect(createTorchGenerator(0).randn(0)).toHaveLength(0);
  });
});
