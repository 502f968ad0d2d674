import type { JobFacts } from "../../job-result.ts";
import { type Stage, type StageModel, toArtifact, toArtifactRef, toStageEvents } from "../stage.ts";

const TIMEOUT_MS = 600_000;

/** Key frames stand at 0, 4, ..., 60 of 65 frames. */
export const FRAMES_PER_KEY_FRAME = 4;

/** How many frames to make. */
export interface InterpolateOptions {
  readonly numFrames: number;
  /** Key frame i becomes frame i times this. */
  readonly framesPerKeyFrame: number;
  /** The file with the key frames; `keyFrames` unless told. */
  readonly from?: string;
  /** What follows for the clip. */
  readonly facts?: JobFacts;
}

/** Key frames to every frame of the clip. */
export function interpolate(model: StageModel, options: InterpolateOptions): Stage {
  const { numFrames, framesPerKeyFrame, from = "keyFrames", facts } = options;
  return {
    name: "interpolate",
    service: "i2v",
    model,
    inputs: [from],
    outputs: ["frames"],
    weight: 9,
    timeoutMs: TIMEOUT_MS,
    parameters: { numFrames, framesPerKeyFrame },
    run: ({ clients, target, inputs, signal }) =>
      toStageEvents(
        clients.i2v.interpolate(
          { target, keyFrames: toArtifact(inputs, from), numFrames, framesPerKeyFrame },
          { signal, timeoutMs: TIMEOUT_MS },
        ),
        (result) => ({ frames: toArtifactRef(result.frames) }),
        facts,
      ),
  };
}
