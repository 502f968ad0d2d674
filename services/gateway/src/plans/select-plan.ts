import type { VideoRequest } from "../video-job.ts";
import { imageToVideo } from "./image-to-video.ts";
import type { Plan } from "./stage.ts";
import { textToVideo } from "./text-to-video.ts";

/** The plan of a request. */
export function selectPlan(request: VideoRequest): Plan {
  return request.inputReference ? imageToVideo(request.inputReference) : textToVideo;
}
