import { PassThrough } from "node:stream";
import { buffer } from "node:stream/consumers";
import { setImmediate } from "node:timers/promises";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createFramePipe, FrameStream } from "./frame-pipe.ts";

const died = (): Error => new Error("died");

function setUp() {
  const pipe = new PassThrough();
  return { pipe, frames: createFramePipe(pipe, died) };
}

describe("createFramePipe", () => {
  it("gives each stream exactly its bytes, however they arrive", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat({ max: 300 }), { maxLength: 6 }),
        fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1 }),
        async (sizes, chunks) => {
          const { pipe, frames } = setUp();
          const bytes = Buffer.from(
            Array.from({ length: sizes.reduce((a, b) => a + b, 0) }, (_, i) => i % 251),
          );
          const read = sizes.map((size) => {
            const stream = new FrameStream();
            void frames.expect(size, stream);
            return buffer(stream);
          });
          for (let at = 0, i = 0; at < bytes.length; i++) {
            const size = chunks[i % chunks.length] as number;
            pipe.write(bytes.subarray(at, at + size));
            at += size;
          }
          expect(Buffer.concat(await Promise.all(read)).equals(bytes)).toBe(true);
          expect((await Promise.all(read)).map(({ length }) => length)).toEqual(sizes);
        },
      ),
    );
  });

  it("leaves bytes in the pipe until they are read", async () => {
    const { pipe, frames } = setUp();
    const stream = new FrameStream({ highWaterMark: 10 });
    let isDone = false;
    void frames.expect(10_000, stream).then(() => {
      isDone = true;
    });
    for (let i = 0; i < 100; i++) pipe.write(Buffer.alloc(100));
    await setImmediate();
    expect(isDone).toBe(false);
    expect((await buffer(stream)).length).toBe(10_000);
    await setImmediate();
    expect(isDone).toBe(true);
  });

  it("throws away the bytes of a destroyed stream and goes on with the next", async () => {
    const { pipe, frames } = setUp();
    const [first, second] = [new FrameStream(), new FrameStream()];
    first.on("error", () => {});
    const dropped = frames.expect(5, first);
    void frames.expect(3, second);
    pipe.write("abc");
    first.destroy();
    pipe.write("defgh");
    await dropped;
    expect((await buffer(second)).toString()).toBe("fgh");
  });

  it("ends streams that were cut short with the error, and later ones too", async () => {
    const { pipe, frames } = setUp();
    const [cut, late] = [new FrameStream(), new FrameStream()];
    const isRead = buffer(cut);
    const expected = frames.expect(5, cut);
    pipe.write("abc");
    await setImmediate();
    pipe.destroy();
    await expect(isRead).rejects.toThrow("died");
    await expected;
    await frames.expect(1, late);
    await expect(buffer(late)).rejects.toThrow("died");
  });
});
