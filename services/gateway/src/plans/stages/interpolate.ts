import { type Stage, type StageModel, toArtifact, toArtifactRef, toStageEvents } from "../stage.ts";

const TIMEOUT_MS = 600_000;

/** Key frames stand at 0, 4, ..., 60 of 65 frames. */
export const FRAMES_PER_KEY_FRAME = 4;

/** How many frames to make. */
export interface InterpolateOptions {
  readonly numFrames: number;
  /** Key frame i becomes frame i times this. */
  readonly framesPerKeyFrame: number;
}

/** Key frames to every frame of the clip. */
export function interpolate(model: StageModel, { numFrames, framesPerKeyFrame }: InterpolateOptions): Stage {
  return {
    name: "interpolate",
    service: "i2v",
    model,
    inputs: ["keyFrames"],
    outputs: ["frames"],
    weight: 9,
    timeoutMs: TIMEOUT_MS,
    parameters: { numFrames, framesPerKeyFrame },
    run: ({ clients, target, inputs, signal }) =>
      toStageEvents(
        clients.i2v.interpolate(
          { target, keyFrames: toArtifact(inputs, "keyFrames"), numFrames, framesPerKeyFrame },
          { signal, timeoutMs: TIMEOUT_MS },
        ),
        (result) => ({ frames: toArtifactRef(result.frames) }),
      ),
  };
}
