import { AppError } from "@kinora/errors";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  appendClip,
  type ClipLatents,
  formatClipLatents,
  joinClips,
  parseClipLatents,
  selectFrames,
  stackStates,
  statesOf,
} from "./clip-latents.ts";

/** A clip of [1, 2, 2] frames whose values are its frames' numbers. */
function clip(...frames: readonly number[]): ClipLatents {
  const values = Float32Array.from(frames.flatMap((frame) => [frame, frame, frame, frame]));
  return { count: frames.length, size: [1, 2, 2], data: new Uint8Array(values.buffer), before: [] };
}

function framesOf({ data, count }: Pick<ClipLatents, "data" | "count">): number[] {
  const values = new Float32Array(Uint8Array.from(data).buffer);
  return Array.from({ length: count }, (_, index) => values[index * 4] ?? Number.NaN);
}

describe("clip latents", () => {
  it("come back from their file", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 999 }), { minLength: 1, maxLength: 20 }), (frames) => {
        const parsed = parseClipLatents(formatClipLatents(clip(...frames)));
        expect([parsed.count, parsed.size, framesOf(parsed)]).toEqual([frames.length, [1, 2, 2], frames]);
      }),
    );
  });

  it("are selected, repeated and joined frame by frame", () => {
    const source = clip(0, 1, 2, 3);
    expect(framesOf(selectFrames(source, [3, 1, 1]))).toEqual([3, 1, 1]);
    expect(framesOf(joinClips([source, clip(9)]))).toEqual([0, 1, 2, 3, 9]);
    expect(() => selectFrames(source, [4])).toThrow(/This is a bug/);
    expect(() => joinClips([source, { ...source, size: [1, 4, 1] }])).toThrow(/This is a bug/);
  });

  it("carry what they were before each edit, through files and every choice of frames", () => {
    const once = stackStates([clip(0, 1, 2), clip(10, 11, 12)]);
    const twice = stackStates([once, clip(20, 21, 22)]);
    const back = parseClipLatents(formatClipLatents(twice));
    const allOf = (edited: ClipLatents) => statesOf(edited).map(framesOf);
    expect(allOf(back)).toEqual([
      [0, 1, 2],
      [10, 11, 12],
      [20, 21, 22],
    ]);
    expect(allOf(selectFrames(back, [2, 0]))).toEqual([
      [2, 0],
      [12, 10],
      [22, 20],
    ]);
    expect(allOf(appendClip(once, clip(9)))).toEqual([
      [0, 1, 2, 9],
      [10, 11, 12, 9],
    ]);
    expect(() => stackStates([once, clip(1)])).toThrow(/This is a bug/);
  });

  it("are refused with their fault, whatever the bytes are", () => {
    const file = formatClipLatents(clip(1, 2));
    const edited = Buffer.from(formatClipLatents(stackStates([clip(1, 2), clip(3, 4)])));
    const wrong = [
      edited.subarray(0, edited.length - 16),
      Buffer.from(edited.toString("latin1").replace("[1,2,1,2,2]", "[1,1,2,2,2]"), "latin1"),
      Buffer.from("short"),
      Buffer.alloc(20, 255),
      file.subarray(0, file.length - 3),
      Buffer.concat([file.subarray(0, 8), Buffer.from("x"), file.subarray(9)]),
      Buffer.from(Buffer.from(file).toString("latin1").replace("F32", "F16"), "latin1"),
    ];
    for (const bytes of wrong) {
      expect(() => parseClipLatents(bytes)).toThrow(expect.objectContaining({ code: "tensor_file_invalid" }));
    }
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        try {
          parseClipLatents(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(AppError);
        }
      }),
    );
  });
});
