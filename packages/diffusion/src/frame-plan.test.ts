import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type FramePlanOptions, planFrames } from "./frame-plan.ts";

const pocket = planFrames({ keyFrameCount: 17, stride: 4, numFrames: 65 });

const anyClip: fc.Arbitrary<FramePlanOptions> = fc
  .record({ keyFrameCount: fc.integer({ min: 1, max: 40 }), stride: fc.integer({ min: 1, max: 12 }) })
  .chain(({ keyFrameCount, stride }) =>
    fc
      .integer({ min: 1, max: keyFrameCount * stride + 1 })
      .map((numFrames) => ({ keyFrameCount, stride, numFrames })),
  );

describe("planFrames", () => {
  it("plans 65 frames of 17 key frames at stride 4", () => {
    expect(pocket).toHaveLength(65);
    expect(pocket[0]).toEqual({
      frame: 0,
      keyFrame: 0,
      window: [0, 0, 1, 2],
      known: [false, true, true, true],
      position: 0,
    });
    expect(pocket[9]).toEqual({
      frame: 9,
      keyFrame: undefined,
      window: [1, 2, 3, 4],
      known: [true, true, true, true],
      position: 0.25,
    });
    expect(pocket[64]).toMatchObject({ keyFrame: 16, window: [14, 15, 16, 16], position: 1 });
  });

  it("extrapolates the last four frames from the last two key frames", () => {
    const open = planFrames({ keyFrameCount: 16, stride: 4, numFrames: 65 });
    expect(open.slice(61).map(({ position }) => position)).toEqual([1.25, 1.5, 1.75, 2]);
    for (const entry of open.slice(61)) {
      expect(entry).toMatchObject({
        keyFrame: undefined,
        window: [13, 14, 15, 15],
        known: [true, true, true, false],
      });
    }
  });

  it("places every frame of any clip exactly, from known key frames", () => {
    fc.assert(
      fc.property(anyClip, (options) => {
        const plan = planFrames(options);
        expect(plan.map(({ frame }) => frame)).toEqual(
          Array.from({ length: options.numFrames }, (_, i) => i),
        );
        for (const { frame, window, known, position } of plan) {
          const base = window[1];
          expect(known[1]).toBe(true);
          expect(Math.round((base + position) * options.stride)).toBe(frame);
          const extrapolated = frame > (options.keyFrameCount - 1) * options.stride;
          expect(position > 1).toBe(extrapolated && options.keyFrameCount > 1);
          expect(position).toBeLessThanOrEqual(2);
          expect(position > 0).toBe(frame > 0);
          expect(known[2]).toBe(options.keyFrameCount > 1);
        }
      }),
    );
  });

  it("has windows of neighbours, clamped exactly where they are unknown", () => {
    fc.assert(
      fc.property(anyClip, (options) => {
        for (const { window, known } of planFrames(options)) {
          window.forEach((index, slot) => {
            expect(index).toBeGreaterThanOrEqual(0);
            expect(index).toBeLessThan(options.keyFrameCount);
            expect(index === window[1] + slot - 1).toBe(known[slot]);
          });
        }
      }),
    );
  });

  it("names each key frame within the clip once", () => {
    fc.assert(
      fc.property(anyClip, (options) => {
        const named = planFrames(options).filter(({ keyFrame }) => keyFrame !== undefined);
        const within = Math.min(options.keyFrameCount, Math.ceil(options.numFrames / options.stride));
        expect(named.map(({ keyFrame }) => keyFrame)).toEqual(Array.from({ length: within }, (_, i) => i));
        for (const { keyFrame, frame } of named) expect(frame).toBe((keyFrame ?? -1) * options.stride);
      }),
    );
  });

  it("refuses what cannot be planned", () => {
    expect(() => planFrames({ keyFrameCount: 0, stride: 4, numFrames: 1 })).toThrow(/keyFrameCount/);
    expect(() => planFrames({ keyFrameCount: 2, stride: 0.5, numFrames: 1 })).toThrow(/stride/);
    expect(() => planFrames({ keyFrameCount: 16, stride: 4, numFrames: 66 })).toThrow(/at most 65/);
  });
});
