import type { VideoRequest } from "../video-job.ts";
import { motionStages } from "./motion-stages.ts";
import type { Plan, StageModel } from "./stage.ts";
import { decodeKeyframe } from "./stages/decode-keyframe.ts";
import { encodePrompt } from "./stages/encode-prompt.ts";
import { generateKeyframe } from "./stages/generate-keyframe.ts";

/** A sentence becomes a picture first and motion second (Emu Video's factorization). */
export function textToVideo(request: VideoRequest): Plan {
  const { prompt, negativePrompt, seed, keyframeSteps, guidanceScale, width, height } = request;
  const model: StageModel = { folder: request.parts?.keyframeModel ?? request.model, width, height };
  return {
    name: "text_to_video",
    initialFiles: {},
    stages: [
      encodePrompt(model, { prompt, negativePrompt }),
      generateKeyframe(model, { seed, steps: keyframeSteps, guidanceScale }),
      decodeKeyframe(model),
      ...motionStages(request, { embeddedFor: model.folder }),
    ],
  };
}
