import { expect, it } from "vitest";
import { psnrDb, toPictureTensor } from "./picture-tensor.ts";

it("turns RGB rows into planes between -1 and 1", () => {
  const tensor = toPictureTensor({ data: Uint8Array.of(0, 255, 0, 255, 0, 255), width: 2, height: 1 });
  expect(tensor.dims).toEqual([1, 3, 1, 2]);
  expect([...tensor.data]).toEqual([-1, 1, 1, -1, -1, 1]);
});

it("measures PSNR", () => {
  expect(psnrDb(Uint8Array.of(10, 20), Uint8Array.of(10, 20))).toBe(Number.POSITIVE_INFINITY);
  // Every value off by one: 20 log10(255).
  expect(psnrDb(Uint8Array.of(10, 20), Uint8Array.of(11, 19))).toBeCloseTo(48.13, 2);
  expect(() => psnrDb(Uint8Array.of(1), Uint8Array.of(1, 2))).toThrow(/bug/);
});
