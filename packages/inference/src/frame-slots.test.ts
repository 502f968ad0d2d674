import { fstatSync } from "node:fs";
import { buffer } from "node:stream/consumers";
import { setImmediate } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { createTensorExchange } from "./engine-child/tensor-exchange.ts";
import { createFrameSlots, type FrameSlots } from "./frame-slots.ts";
import { FrameStream } from "./frame-stream.ts";

const FRAME_BYTES = 60_000;

/** What a child leaves in a slot: so many frames, each of its own number. */
async function leave({ fds }: FrameSlots, slot: number, numbers: readonly number[]) {
  const data = Uint8Array.from(
    { length: numbers.length * FRAME_BYTES },
    (_, i) => numbers[Math.floor(i / FRAME_BYTES)] ?? 0,
  );
  const frames = { type: "uint8", dims: [numbers.length, 100, 200, 3], data } as const;
  const { frames: placed } = await createTensorExchange(fds[slot]).place({ frames });
  return placed as Exclude<typeof placed, undefined>;
}

function freed() {
  const state = { count: 0 };
  return { state, onFree: () => void (state.count += 1) };
}

describe("slots for frames", () => {
  it("keep frames until they are asked for, and give a chunk for each", async () => {
    const slots = createFrameSlots();
    const { state, onFree } = freed();
    const stream = new FrameStream();
    const chunks: number[][] = [];
    stream.deliver(slots.lot(0, await leave(slots, 0, [3, 4, 5]), onFree));
    await setImmediate();
    expect(state.count).toBe(0);
    for await (const chunk of stream as AsyncIterable<Buffer>)
      chunks.push([chunk.length, chunk[0] ?? 0, chunk.at(-1) ?? 0]);
    expect(chunks).toEqual([3, 4, 5].map((number) => [FRAME_BYTES, number, number]));
    expect(state.count).toBe(1);
    slots.end(new Error("The child is gone."));
  });

  it("give what was asked for before it was there, and frames that crossed by value", async () => {
    const slots = createFrameSlots();
    const stream = new FrameStream();
    const read = buffer(stream);
    await setImmediate();
    stream.deliver(
      slots.lot(1, { type: "uint8", dims: [2, 1, 1, 3], data: Uint8Array.of(1, 2, 3, 4, 5, 6) }, () => {}),
    );
    expect([...(await read)]).toEqual([1, 2, 3, 4, 5, 6]);
    slots.end(new Error("The child is gone."));
  });

  it("are free again once their stream is destroyed, before or after it got its frames", async () => {
    const slots = createFrameSlots();
    for (const early of [true, false]) {
      const { state, onFree } = freed();
      const stream = new FrameStream();
      if (early) stream.destroy();
      stream.deliver(slots.lot(0, await leave(slots, 0, [1]), onFree));
      if (!early) stream.destroy();
      await setImmediate();
      expect(state.count).toBe(1);
    }
    slots.end(new Error("The child is gone."));
  });

  it("outlive the child as long as somebody may read them", async () => {
    const slots = createFrameSlots();
    const [used, unused] = slots.fds as readonly [number, number];
    const stream = new FrameStream();
    stream.deliver(slots.lot(0, await leave(slots, 0, [9, 9]), () => {}));
    slots.end(new Error("The child is gone."));
    expect(() => fstatSync(unused)).toThrow("EBADF");
    expect((await buffer(stream)).every((byte) => byte === 9)).toBe(true);
    expect(() => fstatSync(used)).toThrow("EBADF");
  });
});
