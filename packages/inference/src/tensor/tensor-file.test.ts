import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeTensors, encodeTensors, type FileTensor, requireTensor } from "./tensor-file.ts";

const dims = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 });
const count = (sizes: readonly number[]): number => sizes.reduce((a, b) => a * b, 1);

const anyTensor: fc.Arbitrary<FileTensor> = dims.chain((sizes) => {
  const length = { minLength: count(sizes), maxLength: count(sizes) };
  return fc.oneof(
    fc.float32Array(length).map((data): FileTensor => ({ type: "float32", dims: sizes, data })),
    fc.uint16Array(length).map((data): FileTensor => ({ type: "float16", dims: sizes, data })),
    fc.bigInt64Array(length).map((data): FileTensor => ({ type: "int64", dims: sizes, data })),
    fc.uint8Array(length).map((data): FileTensor => ({ type: "uint8", dims: sizes, data })),
  );
});
const anyName = fc
  .oneof(fc.string(), fc.string({ unit: "grapheme" }), fc.nat().map(String))
  .filter((name) => name.isWellFormed() && name !== "__metadata__");
const anyTensors = fc.dictionary(anyName, anyTensor, { maxKeys: 6 });

/** A file with this header text and so many bytes of data. */
function file(header: unknown, size = 0): Uint8Array {
  const text = Buffer.from(typeof header === "string" ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, text, Buffer.alloc(size)]);
}

describe("tensor files", () => {
  it("hold any tensors", () => {
    fc.assert(
      fc.property(anyTensors, (tensors) => {
        const decoded = decodeTensors(encodeTensors(tensors), "test");
        expect(Object.keys(decoded).toSorted()).toEqual(Object.keys(tensors).toSorted());
        for (const [name, tensor] of Object.entries(tensors)) {
          const read = decoded[name] as FileTensor;
          expect([read.type, read.dims]).toEqual([tensor.type, tensor.dims]);
          expect(Buffer.from(read.data.buffer).equals(Buffer.from(tensor.data.buffer))).toBe(true);
        }
      }),
    );
  });

  it("have bytes that do not depend on the order of insertion", () => {
    const a: FileTensor = { type: "float32", dims: [2], data: Float32Array.of(1, 2) };
    const b: FileTensor = { type: "uint8", dims: [1, 1], data: Uint8Array.of(7) };
    const bytes = encodeTensors({ b, a, 10: a, 9: b });
    expect(encodeTensors({ 9: b, 10: a, a, b })).toEqual(bytes);
    const header = Buffer.from(bytes).toString("latin1", 8);
    expect(header.startsWith('{"10":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"9":')).toBe(true);
  });

  it("ignore metadata", () => {
    const header = { __metadata__: { format: "pt" }, x: { dtype: "U8", shape: [], data_offsets: [0, 1] } };
    expect(decodeTensors(file(header, 1), "test")["x"]?.data).toEqual(Uint8Array.of(0));
  });

  it.each([
    ["no length", new Uint8Array(4), /4 bytes/],
    ["a header past the end", file("{}").subarray(0, 9), /header would have 2 bytes, but the file has 9/],
    ["a huge header", Buffer.from("ffffffffffffffff", "hex"), /header would have/],
    ["broken JSON", file("{"), /not JSON/],
    ["bytes that are not UTF-8", file("{}").map((byte) => (byte === 0x7b ? 0xff : byte)), /not JSON/],
    ["a JSON array", file("[]"), /not a JSON object/],
    [
      "an unknown dtype",
      file({ x: { dtype: "F64", shape: [], data_offsets: [0, 8] } }, 8),
      /"F64", not F32, F16/,
    ],
    ["a negative size", file({ x: { dtype: "U8", shape: [-1], data_offsets: [0, 0] } }), /shape \[-1\]/],
    ["wrong offsets", file({ x: { dtype: "U8", shape: [2], data_offsets: [0] } }, 2), /data_offsets \[0\]/],
    [
      "a size that does not fit",
      file({ x: { dtype: "F32", shape: [2], data_offsets: [0, 4] } }, 4),
      /takes 8/,
    ],
    ["a gap", file({ x: { dtype: "U8", shape: [1], data_offsets: [1, 2] } }, 2), /starts at byte 1/],
    ["bytes left over", file({ x: { dtype: "U8", shape: [1], data_offsets: [0, 1] } }, 2), /but 2 follow/],
    ["no object", file({ x: 3 }), /not described by an object/],
    [
      "an overlap",
      file(
        {
          x: { dtype: "U8", shape: [2], data_offsets: [0, 2] },
          y: { dtype: "U8", shape: [1], data_offsets: [1, 2] },
        },
        2,
      ),
      /tensor y starts at byte 1/,
    ],
  ])("are refused with %s", (_, bytes, message) => {
    expect(() => decodeTensors(bytes, "clip.safetensors")).toThrow(message);
    expect(() => decodeTensors(bytes, "clip.safetensors")).toThrow(/clip\.safetensors/);
  });

  it("are refused at any truncation", () => {
    const bytes = encodeTensors({ latents: { type: "float32", dims: [3], data: Float32Array.of(1, 2, 3) } });
    for (let size = 0; size < bytes.length; size++) {
      expect(() => decodeTensors(bytes.subarray(0, size), "test")).toThrow(/not a valid tensor file/);
    }
  });
});

describe("requireTensor", () => {
  const tensors = { latents: { type: "float32", dims: [1], data: Float32Array.of(1) } } as const;

  it("gives the tensor, or says what is missing", () => {
    const wanted = { type: "float32", rank: 1, what: "frames" } as const;
    expect(requireTensor(tensors, "latents", wanted)).toBe(tensors.latents);
    expect(() => requireTensor(tensors, "toString", wanted)).toThrow(/frames.*no tensor toString/);
    expect(() => requireTensor(tensors, "latents", { ...wanted, rank: 4 })).toThrow(
      /float32 of rank 1, not float32 of rank 4/,
    );
    expect(() => requireTensor(tensors, "latents", { ...wanted, type: "int64" })).toThrow(/not int64/);
  });
});
