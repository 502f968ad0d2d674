import type { ArtifactRef } from "../video-job.ts";
import type { Plan } from "./stage.ts";
import { animate } from "./stages/animate.ts";
import { encodeClip } from "./stages/encode-clip.ts";
import { encodeKeyframe } from "./stages/encode-keyframe.ts";
import { encodePrompt } from "./stages/encode-prompt.ts";
import { interpolate } from "./stages/interpolate.ts";

/** A given picture is the keyframe; the text, which may be blank, says how it moves. */
export function imageToVideo(picture: ArtifactRef): Plan {
  return {
    name: "image_to_video",
    initialFiles: { keyframe: picture },
    stages: [encodePrompt, encodeKeyframe, animate, interpolate, encodeClip],
  };
}
