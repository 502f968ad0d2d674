import type { Plan } from "./stage.ts";
import { animate } from "./stages/animate.ts";
import { decodeKeyframe } from "./stages/decode-keyframe.ts";
import { encodeClip } from "./stages/encode-clip.ts";
import { encodeKeyframe } from "./stages/encode-keyframe.ts";
import { encodePrompt } from "./stages/encode-prompt.ts";
import { generateKeyframe } from "./stages/generate-keyframe.ts";
import { interpolate } from "./stages/interpolate.ts";

/** A sentence becomes a picture first and motion second (Emu Video's factorization). */
export const textToVideo: Plan = {
  name: "text_to_video",
  initialFiles: {},
  stages: [encodePrompt, generateKeyframe, decodeKeyframe, encodeKeyframe, animate, interpolate, encodeClip],
};
