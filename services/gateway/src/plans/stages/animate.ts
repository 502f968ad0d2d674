import type { DirectMotion } from "../../catalog/catalog-model.ts";
import { type Stage, type StageModel, toArtifact, toArtifactRef, toStageEvents } from "../stage.ts";

const TIMEOUT_MS = 1_800_000;

/** How to set a picture in motion from its text. */
export interface AnimateOptions {
  readonly seed: number;
  readonly steps: number;
  /** Name of the file with the text's embedding. */
  readonly embedding: string;
  /** Name of the file that is made; `keyFrames` unless given. */
  readonly output?: string;
}

/** First frame and text to key frames. */
export function animate(model: StageModel, options: AnimateOptions): Stage {
  const { seed, steps, embedding, output = "keyFrames" } = options;
  return {
    name: "animate",
    service: "i2v",
    model,
    inputs: ["firstFrame", embedding],
    outputs: [output],
    weight: 50,
    timeoutMs: TIMEOUT_MS,
    // The same work under another name is another entry of the cache, which knows files by their names.
    parameters: { seed, motionSteps: steps, ...(output === "keyFrames" ? {} : { output }) },
    run: ({ clients, target, inputs, signal }) =>
      toStageEvents(
        clients.i2v.animate(
          {
            target,
            firstFrame: toArtifact(inputs, "firstFrame"),
            embedding: toArtifact(inputs, embedding),
            seed: BigInt(seed),
            numInferenceSteps: steps,
            guidanceScale: 1,
          },
          { signal, timeoutMs: TIMEOUT_MS },
        ),
        (result) => ({ [output]: toArtifactRef(result.keyFrames) }),
      ),
  };
}

/** How to make every frame at once. */
export interface AnimateDirectlyOptions {
  readonly seed: number;
  readonly steps: number;
  readonly numFrames: number;
  readonly told: DirectMotion;
}

/** First frame to every frame of the clip at once (Stable Video Diffusion). */
export function animateDirectly(model: StageModel, options: AnimateDirectlyOptions): Stage {
  const { seed, steps, numFrames, told } = options;
  return {
    name: "animate",
    service: "i2v",
    model,
    inputs: ["firstFrame"],
    outputs: ["frames"],
    weight: 50,
    timeoutMs: TIMEOUT_MS,
    parameters: { seed, motionSteps: steps, numFrames, ...told },
    run: ({ clients, target, inputs, signal }) =>
      toStageEvents(
        clients.i2v.animate(
          {
            target,
            firstFrame: toArtifact(inputs, "firstFrame"),
            seed: BigInt(seed),
            numInferenceSteps: steps,
            numFrames,
            guidanceScale: told.maxGuidanceScale,
            minGuidanceScale: told.minGuidanceScale,
            fps: told.fps,
            motionBucketId: told.motionBucketId,
            noiseAugStrength: told.noiseAugStrength,
          },
          { signal, timeoutMs: TIMEOUT_MS },
        ),
        (result) => ({ frames: toArtifactRef(result.keyFrames) }),
      ),
  };
}
