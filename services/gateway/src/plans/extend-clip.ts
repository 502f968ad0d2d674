import type { EditRequest, EditSource } from "../edit-job.ts";
import type { Stage, StageModel } from "./stage.ts";
import { animate } from "./stages/animate.ts";
import { appendFrames } from "./stages/append-frames.ts";
import { encodePrompt } from "./stages/encode-prompt.ts";
import { FRAMES_PER_KEY_FRAME, interpolate, keyFrameCount } from "./stages/interpolate.ts";
import { selectFrames } from "./stages/select-frames.ts";
import { assertLength, keyFramesOf } from "./temporal-edits.ts";

/**
 * A clip goes on: its last key frame is set in motion under the prompt, as a given picture would be. The frames before it
 * stay as they are. Frames after it, where a clip ends between key frames, go: nothing held them at their other end.
 */
export function extendStages(request: EditRequest, model: StageModel): Stage[] {
  const { prompt, seed, steps, source, added, fps } = request;
  const numFrames = extendedLength(source, added);
  assertLength(numFrames, fps);
  return [
    encodePrompt(model, { prompt }),
    selectFrames(model, {
      name: "select_last_frame",
      input: "frames",
      outputs: { firstFrame: [lastKeyFrame(source)] },
      onlyLatest: true,
    }),
    animate(model, { seed, steps, embedding: "embedding", output: "addedKeyFrames" }),
    interpolate(model, {
      numFrames: added,
      framesPerKeyFrame: FRAMES_PER_KEY_FRAME,
      from: "addedKeyFrames",
      to: "addedFrames",
    }),
    appendFrames(model, {
      frames: "frames",
      kept: lastKeyFrame(source),
      added: "addedFrames",
      keyFrames: keyFramesOf(numFrames),
      facts: { numFrames, framesPerKeyFrame: FRAMES_PER_KEY_FRAME },
    }),
  ];
}

/** Frames of a clip that goes on by `added` frames, the first of which takes the place of its last key frame. */
export function extendedLength(source: EditSource, added: number): number {
  return lastKeyFrame(source) + added;
}

/** The frame that is a clip's last key frame; of an upload, the last that was read. */
function lastKeyFrame({ numFrames, framesPerKeyFrame, pictures }: EditSource): number {
  const count = keyFrameCount(numFrames, framesPerKeyFrame);
  const read = pictures.length > 0 ? Math.min(count, pictures.length) : count;
  return (read - 1) * framesPerKeyFrame;
}
