import { describe, expect, it } from "vitest";
import type { EditRequest, EditSource } from "../edit-job.ts";
import { editClip } from "./edit-clip.ts";
import { frameOrder } from "./temporal-edits.ts";

const file = (key: string) => ({ key, sha256: key, sizeBytes: 1, mediaType: "x/y" });
const source: EditSource = {
  videoId: "video_1",
  numFrames: 65,
  framesPerKeyFrame: 4,
  latents: { keyFrames: file("k"), frames: file("f") },
  pictures: [],
};
const request: EditRequest = {
  kind: "edit",
  model: "pocket",
  requestedModel: "pocket",
  ...{ prompt: "make it snow", task: null, source, warnings: [], interpolates: true, added: 0 },
  ...{ seed: 1, width: 512, height: 512, fps: 16, steps: 8, guidanceScale: 2, imageGuidanceScale: 1.5 },
};

const namesOf = (changes: Partial<EditRequest>, facts: Record<string, string>) => {
  const plan = editClip({ ...request, ...changes });
  return [...plan.stages, ...(plan.next?.(facts) ?? [])].map(({ name }) => name);
};
const END = ["select_keyframe", "decode_keyframe", "encode_clip"];

describe("editClip", () => {
  it("reads the words first, and lets the editor do what it has learned", () => {
    const expected = ["interpret_edit", "edit_clip", "interpolate", "keep_source", ...END];
    expect(namesOf({}, { task: "weather" })).toEqual(expected);
  });

  it("changes time without the editor, whether the words or the caller say so", () => {
    expect(namesOf({}, { task: "slow_motion" })).toEqual(["interpret_edit", "interpolate", ...END]);
    expect(namesOf({ task: "reverse" }, {})).toEqual(["reorder_frames", ...END]);
  });

  it("sets the last frame in motion where a clip goes on, whatever it was made from", () => {
    const extend = { task: "extend", added: 65 } as const;
    const more = ["encode_prompt", "select_last_frame", "animate", "interpolate", "append_frames"];
    expect(namesOf(extend, {})).toEqual([...more, ...END]);
    const slow = { ...source, numFrames: 129, framesPerKeyFrame: 8 };
    const stages = editClip({ ...request, ...extend, source: slow }).next?.({}) ?? [];
    const parametersOf = (name: string) => stages.find((stage) => stage.name === name)?.parameters;
    expect(parametersOf("select_last_frame")).toEqual({ firstFrame: "128" });
    expect(parametersOf("interpolate")).toEqual({ numFrames: 65, framesPerKeyFrame: 4 });
    const keyFrames = Array.from({ length: 49 }, (_, index) => 4 * index).join(" ");
    expect(parametersOf("append_frames")).toEqual({ kept: 128, keyFrames });
    const upload = { ...source, latents: {}, pictures: [file("a"), file("b")], numFrames: 9 };
    const ofUpload = editClip({ ...request, ...extend, source: upload }).next?.({}) ?? [];
    // Its frames 5 to 8 were made up beyond what was read.
    expect(ofUpload.find(({ name }) => name === "append_frames")?.parameters["kept"]).toBe(4);
    const long = { ...source, numFrames: 449 };
    expect(() => namesOf({ ...extend, source: long }, {})).toThrow(/32 seconds; the limit is 30/);
  });

  it("encodes an uploaded clip and fills it in", () => {
    const upload = { ...source, videoId: null, latents: {}, pictures: [file("a"), file("b")], numFrames: 9 };
    const start = ["encode_key_frames", "interpolate_source"];
    expect(namesOf({ task: "loop", source: upload }, {})).toEqual([...start, "reorder_frames", ...END]);
    expect(namesOf({ task: "slow_motion", source: upload }, {})).toEqual([...start, "interpolate", ...END]);
    expect(namesOf({ source: upload }, { task: "weather" })).toEqual([
      ...["interpret_edit", ...start, "edit_clip", "interpolate", "keep_source", ...END],
    ]);
  });

  it("keeps what a clip was beside what an edit made of it", () => {
    const stages = editClip(request).next?.({ task: "weather" }) ?? [];
    expect(stages.find(({ name }) => name === "keep_source")).toMatchObject({
      inputs: ["keyFrames", "editedKeyFrames", "frames", "editedFrames"],
      outputs: ["keyFrames", "frames"],
    });
  });

  it("refuses words from which no task follows, by saying what can be done", () => {
    const hint = "recolour: red, blue (not pink)";
    expect(() => namesOf({ prompt: "make it pink" }, { task: "", hint })).toThrow(
      expect.objectContaining({
        code: "edit_not_understood",
        message: expect.stringMatching(/"make it pink".*recolour: red, blue \(not pink\)/),
      }),
    );
  });

  it("makes no clip longer than the limit there and back either", () => {
    const long = { ...source, numFrames: 257 };
    expect(() => namesOf({ task: "loop", source: long }, {})).toThrow(/32 seconds; the limit is 30/);
    expect(namesOf({ task: "reverse", source: long }, {})).toContain("reorder_frames");
  });

  it("makes slow motion of every frame, and not without end", () => {
    const [between] = editClip({ ...request, task: "slow_motion" }).next?.({}) ?? [];
    expect(between).toMatchObject({
      inputs: ["frames"],
      parameters: { numFrames: 129, framesPerKeyFrame: 2 },
    });
    const long = { ...source, numFrames: 257 };
    expect(() => namesOf({ task: "slow_motion", source: long }, {})).toThrow(/32 seconds; the limit is 30/);
  });
});

describe("frameOrder", () => {
  it("keeps every second frame, turns around, or goes there and back", () => {
    expect(frameOrder("faster", 5)).toEqual([0, 2, 4]);
    expect(frameOrder("reverse", 4)).toEqual([3, 2, 1, 0]);
    expect(frameOrder("loop", 4)).toEqual([0, 1, 2, 3, 2, 1]);
  });
});
