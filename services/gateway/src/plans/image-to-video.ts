import type { ArtifactRef } from "../job-result.ts";
import type { VideoRequest } from "../video-job.ts";
import { motionStages } from "./motion-stages.ts";
import type { Plan } from "./stage.ts";

/** A given picture is the keyframe; the text, which may be blank, says how it moves. */
export function imageToVideo(request: VideoRequest, picture: ArtifactRef): Plan {
  return {
    name: "image_to_video",
    initialFiles: { keyframe: picture },
    stages: motionStages(request, { embeddedFor: undefined }),
  };
}
