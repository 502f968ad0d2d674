import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { animate } from "../plans/stages/animate.ts";
import { encodePrompt } from "../plans/stages/encode-prompt.ts";
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
const parts = { tenant: "t", request, runtime, inputs: { firstFrame: file("a"), embedding: file("b") } };

describe("stageKey", () => {
  it("is the same for the same work, wherever its inputs lie", () => {
    const moved = { firstFrame: { ...file("a"), key: "elsewhere" }, embedding: file("b") };
    expect(stageKey(animate, { ...parts, inputs: moved })).toBe(stageKey(animate, parts));
  });

  it.each([
    ["tenant", { ...parts, tenant: "u" }],
    ["seed", { ...parts, request: { ...request, seed: 2 } }],
    ["steps", { ...parts, request: { ...request, motionSteps: 9 } }],
    ["model digest", { ...parts, runtime: { ...runtime, digest: "e" } }],
    ["runtime", { ...parts, runtime: { ...runtime, runtime: "onnxruntime-2" } }],
    ["provider", { ...parts, runtime: { ...runtime, provider: "cuda" } }],
    ["precision", { ...parts, runtime: { ...runtime, precision: "int8" } }],
    ["an input's bytes", { ...parts, inputs: { ...parts.inputs, embedding: file("c") } }],
    ["size", { ...parts, request: { ...request, width: 256 } }],
  ])("changes with the %s", (_, changed) => {
    expect(stageKey(animate, changed)).not.toBe(stageKey(animate, parts));
  });

  it("does not change with what the stage does not use", () => {
    const reseeded = { ...parts, request: { ...request, seed: 2, motionSteps: 3 } };
    expect(stageKey(encodePrompt, reseeded)).toBe(stageKey(encodePrompt, parts));
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
