import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { castTensor } from "./cast-tensor.ts";
import { fromFloat16, toFloat16 } from "./float16.ts";
import { toPixels } from "./pixels.ts";
import { assertTensor, elementCount, float32Tensor, int64Tensor } from "./tensor.ts";

/** Node's own half precision; TypeScript's library does not declare it yet. */
const { Float16Array } = globalThis as unknown as {
  Float16Array: { from(values: Float32Array): { buffer: ArrayBuffer } };
};

describe("float16", () => {
  it("rounds as the runtime's Float16Array does", () => {
    const anyFloat = fc.oneof(
      fc.float(),
      fc.float({ min: -70000, max: 70000 }),
      fc.float({ min: -(2 ** -13), max: 2 ** -13 }),
    );
    fc.assert(
      fc.property(fc.array(anyFloat), (values) => {
        const floats = Float32Array.from(values);
        expect(toFloat16(floats)).toEqual(new Uint16Array(Float16Array.from(floats).buffer));
      }),
      { numRuns: 500 },
    );
  });

  it("keeps every half value through float32", () => {
    const halves = Uint16Array.from({ length: 65536 }, (_, i) => i).filter(
      (half) => (half & 0x7c00) !== 0x7c00,
    );
    expect(toFloat16(fromFloat16(halves))).toEqual(halves);
    expect([...fromFloat16(Uint16Array.of(0x7c00, 0xfc00, 0x7e01))]).toEqual([Infinity, -Infinity, NaN]);
  });
});

describe("castTensor", () => {
  it("converts what callers give to what graphs declare", () => {
    const half = castTensor(float32Tensor(Float32Array.of(1, -2), [2]), "float16");
    expect(half).toEqual({ type: "float16", dims: [2], data: Uint16Array.of(0x3c00, 0xc000) });
    expect(castTensor(half, "float32").data).toEqual(Float32Array.of(1, -2));
    expect(castTensor(int64Tensor([3, -4], [1, 2]), "int32").data).toEqual(Int32Array.of(3, -4));
    expect(castTensor(int64Tensor([3], []), "float32").data).toEqual(Float32Array.of(3));
    expect(castTensor(float32Tensor(Float32Array.of(999), [1]), "int64").data).toEqual(
      BigInt64Array.of(999n),
    );
  });

  it("refuses to lose values", () => {
    expect(() => castTensor(float32Tensor(Float32Array.of(0.5), [1]), "int64")).toThrow(
      /0.5 is not an int64/,
    );
    expect(() => castTensor(float32Tensor(Float32Array.of(1), [1]), "uint8")).toThrow(/float32.*uint8/);
  });
});

describe("tensors", () => {
  it("count their elements", () => {
    expect([elementCount([]), elementCount([2, 3]), elementCount([2, 0])]).toEqual([1, 6, 0]);
  });

  it("are refused when shape or array class do not fit", () => {
    expect(() => float32Tensor(Float32Array.of(1), [2])).toThrow(/\[2\] cannot hold 1/);
    expect(() => assertTensor({ type: "float32", dims: [1], data: Uint8Array.of(1) as never })).toThrow(
      /Float32Array/,
    );
  });
});

describe("toPixels", () => {
  it("puts channels last, and clamps and rounds", () => {
    const planes = Float32Array.of(-1, 1, 0, 3, 1, -9, 0, 0, 0, 0, 0, -1);
    const pixels = toPixels(float32Tensor(planes, [1, 3, 2, 2]));
    expect(pixels.dims).toEqual([1, 2, 2, 3]);
    expect([...pixels.data]).toEqual([0, 255, 128, 255, 0, 128, 128, 128, 128, 255, 128, 0]);
  });

  it("rounds halves to even", () => {
    const halfOf = (level: number) => (level / 255) * 2 - 1;
    const pixels = toPixels(float32Tensor(Float32Array.of(0, halfOf(7), halfOf(8)), [1, 1, 1, 3]));
    expect([...pixels.data]).toEqual([128, 7, 8]);
  });
});
