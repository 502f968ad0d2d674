import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Plan, Stage } from "../plans/stage.ts";
import { animate } from "../plans/stages/animate.ts";
import { textToVideo } from "../plans/text-to-video.ts";
import type { VideoRequest } from "../video-job.ts";
import { canonicalJson, stageKey } from "./stage-key.ts";

const request: VideoRequest = {
  kind: "video",
  model: "pocket",
  requestedModel: "pocket",
  prompt: "a dog",
  seed: 1,
  keyframeSteps: 12,
  motionSteps: 8,
  guidanceScale: 3,
  width: 512,
  height: 512,
  fps: 16,
  numFrames: 65,
  seconds: "4",
  inputReference: null,
};
const runtime = { digest: "d", runtime: "onnxruntime-1", provider: "cpu", precision: "fp16" };
const file = (sha256: string) => ({ key: `k-${sha256}`, sha256, sizeBytes: 1, mediaType: "x/y" });
const parts = { tenant: "t", runtime, inputs: { firstFrame: file("a"), embedding: file("b") } };

function stageOf({ stages }: Plan, name: string): Stage {
  const stage = stages.find((candidate) => candidate.name === name);
  if (!stage) throw new Error(`There is no stage ${name}.`);
  return stage;
}

const keyOf = (name: string, changes: Partial<VideoRequest> = {}, others: Partial<typeof parts> = {}) =>
  stageKey(stageOf(textToVideo({ ...request, ...changes }), name), { ...parts, ...others });

describe("stageKey", () => {
  it("is the same for the same work, wherever its inputs lie", () => {
    const moved = { firstFrame: { ...file("a"), key: "elsewhere" }, embedding: file("b") };
    expect(keyOf("animate", {}, { inputs: moved })).toBe(keyOf("animate"));
  });

  it.each([
    ["tenant", {}, { tenant: "u" }],
    ["seed", { seed: 2 }, {}],
    ["steps", { motionSteps: 9 }, {}],
    ["model digest", {}, { runtime: { ...runtime, digest: "e" } }],
    ["runtime", {}, { runtime: { ...runtime, runtime: "onnxruntime-2" } }],
    ["provider", {}, { runtime: { ...runtime, provider: "cuda" } }],
    ["precision", {}, { runtime: { ...runtime, precision: "int8" } }],
    ["an input's bytes", {}, { inputs: { ...parts.inputs, embedding: file("c") } }],
    ["size", { width: 256 }, {}],
  ])("changes with the %s", (_, changes, others) => {
    expect(keyOf("animate", changes, others)).not.toBe(keyOf("animate"));
  });

  it("tells a clip's motion from that of a clip which goes on from the same frame", () => {
    const model = { folder: "pocket", width: 512, height: 512 };
    const options = { seed: 1, steps: 8, embedding: "embedding" };
    const keys = [options, { ...options, output: "addedKeyFrames" }].map((each) =>
      stageKey(animate(model, each), parts),
    );
    expect(keys[0]).toBe(keyOf("animate"));
    expect(keys[1]).not.toBe(keys[0]);
  });

  it("does not change with what the stage does not use", () => {
    expect(keyOf("encode_prompt", { seed: 2, motionSteps: 3 })).toBe(keyOf("encode_prompt"));
  });

  it.each([
    ["encode_prompt", { prompt: "a dog" }, []],
    ["generate_keyframe", { seed: 1, keyframeSteps: 12, guidanceScale: 3 }, ["embedding"]],
    ["decode_keyframe", {}, ["keyframeLatents"]],
    ["encode_keyframe", { measureRoundTrip: 0 }, ["keyframe"]],
    ["animate", { seed: 1, motionSteps: 8 }, ["firstFrame", "embedding"]],
    ["interpolate", { numFrames: 65, framesPerKeyFrame: 4 }, ["keyFrames"]],
    ["encode_clip", { fps: 16 }, ["frames"]],
  ])("of %s is that of the first release, whose results are still found", (name, parameters, inputs) => {
    const sha = Object.fromEntries(inputs.map((input) => [input, input === "embedding" ? "b" : "a"]));
    const files = Object.fromEntries(Object.entries(sha).map(([input, digest]) => [input, file(digest)]));
    const written = canonicalJson({
      stage: name,
      pipeline: 1,
      tenant: "t",
      model: { name: "pocket", ...runtime },
      parameters,
      size: [512, 512],
      inputs: sha,
    });
    const key = stageKey(stageOf(textToVideo(request), name), { ...parts, inputs: files });
    expect(key).toBe(createHash("sha256").update(written).digest("hex"));
  });
});

describe("canonicalJson", () => {
  it("is JSON, and does not depend on the order of properties", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const reversed = Object.fromEntries(Object.entries(value).reverse());
        expect(canonicalJson(reversed)).toBe(canonicalJson(value));
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});
