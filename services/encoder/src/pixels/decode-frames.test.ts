import fc from "fast-check";
import { expect, it } from "vitest";
import { cutFrames } from "./decode-frames.ts";

async function* inChunks(bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  let offset = 0;
  for (let turn = 0; offset < bytes.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1;
    yield bytes.subarray(offset, offset + size);
    offset += size;
  }
}

it("cuts chunks of any size into whole frames", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: 0, max: 9 }),
      fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1 }),
      async (frameBytes, count, sizes) => {
        const bytes = Uint8Array.from({ length: frameBytes * count }, (_, index) => index % 251);
        const frames: Uint8Array[] = [];
        for await (const frame of cutFrames(inChunks(bytes, sizes), frameBytes)) frames.push(frame);
        expect(frames).toHaveLength(count);
        expect(Uint8Array.from(frames.flatMap((frame) => [...frame]))).toEqual(bytes);
      },
    ),
    { numRuns: 50 },
  );
});

it("refuses a stream that ends inside a frame", async () => {
  const frames = cutFrames(inChunks(new Uint8Array(7), [3]), 4);
  await frames.next();
  await expect(frames.next()).rejects.toThrow(/inside a frame/);
});
