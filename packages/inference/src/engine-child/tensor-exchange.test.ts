import { fstatSync, openSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { temporaryFolder } from "@kinora/testing";
import { describe, expect, it } from "vitest";
import { openExchangeFile } from "../exchange-file.ts";
import { TENSOR_ARRAYS, type Tensor } from "../tensor/tensor.ts";
import { createTensorExchange } from "./tensor-exchange.ts";

/** A tensor of each type, large enough for the file, and a small one. */
function someTensors(): Record<string, Tensor> {
  const tensors = Object.entries(TENSOR_ARRAYS).map(([type, TypedArray], index) => {
    // A view into a larger buffer, and of an odd length.
    const whole = new TypedArray(10_001 + index);
    const data = whole
      .subarray(1)
      .map(((_: unknown, i: number) => (type === "int64" ? BigInt(i) : i % 251)) as never);
    return [type, { type, dims: [data.length], data } as Tensor] as const;
  });
  return { ...Object.fromEntries(tensors), small: { type: "float32", dims: [], data: Float32Array.of(7) } };
}

describe("an exchange of tensors", () => {
  it("gives what was placed, by file or by value", async () => {
    const file = openExchangeFile([tmpdir()]);
    for (const fd of [file?.fd, undefined]) {
      const exchange = createTensorExchange(fd);
      const placed = await exchange.place({ ...someTensors(), kept: { handle: 3 } });
      expect("data" in (placed["float32"] ?? {})).toBe(fd === undefined);
      expect([placed["small"], placed["kept"]]).toEqual([someTensors()["small"], { handle: 3 }]);
      // What crosses the channel is copied by it.
      expect(await exchange.take(structuredClone(placed))).toEqual({ ...someTensors(), kept: { handle: 3 } });
    }
    file?.close();
  });

  it("leaves the event loop free while a large tensor is copied, and keeps no large file", async () => {
    const file = openExchangeFile();
    const fd = file?.fd as number;
    const exchange = createTensorExchange(fd);
    const data = new Float32Array(8 << 20).map((_, i) => i);
    let turns = 0;
    const timer = setInterval(() => (turns += 1), 0);
    const placed = await exchange.place({ x: { type: "float32", dims: [data.length], data } });
    expect(turns).toBeGreaterThan(0);
    clearInterval(timer);
    expect(fstatSync(fd).size).toBe(data.byteLength);
    const { x } = await exchange.take(placed);
    expect(Buffer.from((x as Tensor).data.buffer).equals(Buffer.from(data.buffer))).toBe(true);
    expect(fstatSync(fd).size).toBe(0);
    file?.close();
  });

  it("sends by value what finds no room", async () => {
    const exchange = createTensorExchange(openSync("/dev/full", "r+"));
    expect(await exchange.place(someTensors())).toEqual(someTensors());
  });

  it("ends with its file", async () => {
    const file = openExchangeFile();
    const exchange = createTensorExchange(file?.fd);
    const placed = await exchange.place(someTensors());
    exchange.close(new Error("the child died"));
    file?.close();
    await expect(exchange.take(placed)).rejects.toThrow("the child died");
    await expect(exchange.place(someTensors())).rejects.toThrow("the child died");
  });
});

describe("an exchange file", () => {
  it("has no name, and is made wherever one can be", async () => {
    await using folder = await temporaryFolder();
    const file = openExchangeFile([join(folder.path, "missing"), folder.path]);
    expect(fstatSync(file?.fd as number)).toMatchObject({ nlink: 0, size: 0 });
    file?.close();
    expect(openExchangeFile([join(folder.path, "missing")])).toBeUndefined();
  });
});
