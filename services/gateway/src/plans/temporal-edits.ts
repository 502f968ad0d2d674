import { AppError } from "@kinora/errors";
import { MAX_CLIP_S } from "@kinora/media";
import type { EditRequest, EditSource, TemporalTask } from "../edit-job.ts";
import type { Stage, StageModel } from "./stage.ts";
import { FRAMES_PER_KEY_FRAME, interpolate, keyFrameCount } from "./stages/interpolate.ts";
import { selectFrames } from "./stages/select-frames.ts";

/**
 * A change of a clip's time, of its frames' latents at the same rate:
 * slow_motion makes a new frame between each two, so n frames become 2n - 1 and frame 2i is frame i;
 * faster keeps every second frame; reverse and loop (there and back, without the ends twice) reuse all.
 */
export function temporalStages(
  { source, interpolates, fps }: EditRequest,
  model: StageModel,
  task: TemporalTask,
): Stage[] {
  if (task === "slow_motion") return [slowMotion(source, model, fps)];
  const order = frameOrder(task, source.numFrames);
  assertLength(order.length, fps);
  return [reorder(model, order, interpolates)];
}

/** Throws `invalid_video` for a clip that would be longer than clips may be. */
export function assertLength(numFrames: number, fps: number, { param }: { param?: string } = {}): void {
  if (numFrames <= MAX_CLIP_S * fps) return;
  const reason = `The changed clip would last ${Math.round(numFrames / fps)} seconds; the limit is ${MAX_CLIP_S}.`;
  throw new AppError("invalid_video", { reason }, { param });
}

/** Indices of the source's frames in the order of the changed clip. */
export function frameOrder(task: Exclude<TemporalTask, "slow_motion">, numFrames: number): number[] {
  const all = Array.from({ length: numFrames }, (_, index) => index);
  switch (task) {
    case "faster":
      return all.filter((index) => index % 2 === 0);
    case "reverse":
      return all.toReversed();
    case "loop":
      return [...all, ...all.slice(1, -1).toReversed()];
  }
}

/**
 * A new frame between each two: every frame is a key frame of the slower clip. Closer to the truth than asking the old
 * key frames at twice the stride, as the nearest frames are known (training/evaluate/temporal.py).
 */
function slowMotion(
  { numFrames: given, framesPerKeyFrame }: EditSource,
  model: StageModel,
  fps: number,
): Stage {
  const numFrames = 2 * given - 1;
  assertLength(numFrames, fps);
  const facts = { numFrames, framesPerKeyFrame: 2 * framesPerKeyFrame };
  return interpolate(model, { numFrames, framesPerKeyFrame: 2, from: "frames", withHistory: true, facts });
}

/** Indices of the frames that stand for a clip of so many as its key frames: every fourth. */
export function keyFramesOf(numFrames: number): number[] {
  return Array.from({ length: keyFrameCount(numFrames) }, (_, index) => index * FRAMES_PER_KEY_FRAME);
}

/** Every fourth of the reordered frames stands for them as a key frame, should they be edited again. */
function reorder(model: StageModel, order: readonly number[], withKeyFrames: boolean): Stage {
  const keyFrames = keyFramesOf(order.length).map((index) => order[index] as number);
  return selectFrames(model, {
    name: "reorder_frames",
    input: "frames",
    outputs: { frames: order, ...(withKeyFrames ? { keyFrames } : {}) },
    facts: { numFrames: order.length, framesPerKeyFrame: FRAMES_PER_KEY_FRAME },
  });
}
