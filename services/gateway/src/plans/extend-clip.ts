import type { EditRequest } from "../edit-job.ts";
import type { Stage, StageModel } from "./stage.ts";
import { animate } from "./stages/animate.ts";
import { appendFrames } from "./stages/append-frames.ts";
import { encodePrompt } from "./stages/encode-prompt.ts";
import { FRAMES_PER_KEY_FRAME, interpolate } from "./stages/interpolate.ts";
import { selectFrames } from "./stages/select-frames.ts";
import { assertLength, keyFramesOf } from "./temporal-edits.ts";

/**
 * A clip goes on: its last frame is set in motion under the prompt, as a given picture would be. The frames so far stay
 * as they are; the new ones follow the last, which is also their first.
 */
export function extendStages(request: EditRequest, model: StageModel): Stage[] {
  const { prompt, seed, steps, source, added, fps } = request;
  const numFrames = source.numFrames + added - 1;
  assertLength(numFrames, fps);
  return [
    encodePrompt(model, { prompt }),
    selectFrames(model, {
      name: "select_last_frame",
      input: "frames",
      outputs: { firstFrame: [source.numFrames - 1] },
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
      added: "addedFrames",
      keyFrames: keyFramesOf(numFrames),
      facts: { numFrames, framesPerKeyFrame: FRAMES_PER_KEY_FRAME },
    }),
  ];
}
