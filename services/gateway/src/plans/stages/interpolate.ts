import type { JobFacts } from "../../job-result.ts";
import {
  type Stage,
  type StageContext,
  type StageModel,
  toArtifact,
  toArtifactRef,
  toStageEvents,
} from "../stage.ts";
import { runOnStates } from "./run-on-states.ts";

const TIMEOUT_MS = 600_000;

/** Key frames stand at 0, 4, ..., 64 of 65 frames. */
export const FRAMES_PER_KEY_FRAME = 4;

/** Key frames of a clip of so many frames: frame 0 and every `stride`th after it. */
export function keyFrameCount(numFrames: number, stride = FRAMES_PER_KEY_FRAME): number {
  return Math.floor((numFrames - 1) / stride) + 1;
}

/** How many frames to make. */
export interface InterpolateOptions {
  readonly numFrames: number;
  /** Key frame i becomes frame i times this. */
  readonly framesPerKeyFrame: number;
  /** Stage, the file with the key frames and the new file, unless `interpolate`, `keyFrames` and `frames`. */
  readonly name?: string;
  readonly from?: string;
  readonly to?: string;
  /** Whether also what the clip was before its edits is interpolated. */
  readonly withHistory?: boolean;
  /** What follows for the clip. */
  readonly facts?: JobFacts;
}

/** Key frames to every frame of the clip. */
export function interpolate(model: StageModel, options: InterpolateOptions): Stage {
  const { numFrames, framesPerKeyFrame, facts } = options;
  const { name = "interpolate", from = "keyFrames", to = "frames", withHistory = false } = options;
  const run = ({ clients, target, inputs, signal }: StageContext) =>
    toStageEvents(
      clients.i2v.interpolate(
        { target, keyFrames: toArtifact(inputs, from), numFrames, framesPerKeyFrame },
        { signal, timeoutMs: TIMEOUT_MS },
      ),
      (result) => ({ [to]: toArtifactRef(result.frames) }),
      facts,
    );
  return {
    name,
    service: "i2v",
    model,
    inputs: [from],
    outputs: [to],
    weight: 9,
    timeoutMs: TIMEOUT_MS,
    parameters: { numFrames, framesPerKeyFrame },
    run: withHistory ? (context) => runOnStates(context, { from, to, run }) : run,
  };
}
