import type { DirectMotion } from "../catalog/catalog-model.ts";
import type { VideoRequest } from "../video-job.ts";
import type { Stage, StageModel } from "./stage.ts";
import { animate, animateDirectly } from "./stages/animate.ts";
import { encodeClip } from "./stages/encode-clip.ts";
import { encodeKeyframe } from "./stages/encode-keyframe.ts";
import { encodePrompt } from "./stages/encode-prompt.ts";
import { FRAMES_PER_KEY_FRAME, interpolate } from "./stages/interpolate.ts";

/** What happened before. */
interface Before {
  /** Folder whose embedding of the prompt the plan has already; undefined: none. */
  readonly embeddedFor: string | undefined;
}

/** From the keyframe's PNG, made or given, to the clip: one way for both. */
export function motionStages(request: VideoRequest, before: Before): Stage[] {
  const { width, height, fps, parts } = request;
  const model: StageModel = { folder: parts?.motionModel ?? request.model, width, height };
  const made = parts?.direct
    ? directStages(request, model, parts.direct)
    : keyFrameStages(request, model, before);
  return [...made, encodeClip(model, fps)];
}

/** Key frames under the text, then the frames between them. */
function keyFrameStages(request: VideoRequest, model: StageModel, { embeddedFor }: Before): Stage[] {
  const { prompt, seed, motionSteps: steps, numFrames, inputReference } = request;
  const isGiven = inputReference !== null;
  const encode = encodeKeyframe(model, { isGiven });
  const fill = interpolate(model, { numFrames, framesPerKeyFrame: FRAMES_PER_KEY_FRAME });
  if (embeddedFor === model.folder)
    return [encode, animate(model, { seed, steps, embedding: "embedding" }), fill];
  // A second encoder reads the same words for the motion; alone it is the plan's only one.
  const [name, embedding] =
    embeddedFor === undefined ? ["encode_prompt", "embedding"] : ["encode_motion_prompt", "motionEmbedding"];
  return [
    encodePrompt(model, { prompt, name, output: embedding }),
    encode,
    animate(model, { seed, steps, embedding }),
    fill,
  ];
}

/** Every frame at once, told of the clip by numbers. */
function directStages(request: VideoRequest, model: StageModel, told: DirectMotion): Stage[] {
  const { seed, motionSteps: steps, numFrames, inputReference } = request;
  const noise = { seed, strength: told.noiseAugStrength };
  return [
    encodeKeyframe(model, { isGiven: inputReference !== null, noise }),
    animateDirectly(model, { seed, steps, numFrames, told }),
  ];
}
