import type { VideoRequest } from "../../video-job.ts";
import { type Stage, toArtifact, toArtifactRef, toStageEvents } from "../stage.ts";

/** Key frames stand at 0, 4, ..., 60 of 65 frames. */
const FRAMES_PER_KEY_FRAME = 4;

/** Key frames to every frame of the clip. */
export const interpolate: Stage = {
  name: "interpolate",
  service: "i2v",
  inputs: ["keyFrames"],
  outputs: ["frames"],
  weight: 9,
  timeoutMs: 600_000,
  parameters: (request: VideoRequest) => ({
    numFrames: request.numFrames,
    framesPerKeyFrame: FRAMES_PER_KEY_FRAME,
  }),
  run: ({ clients, target, request, inputs, signal }) =>
    toStageEvents(
      clients.i2v.interpolate(
        {
          target,
          keyFrames: toArtifact(inputs, "keyFrames"),
          numFrames: request.numFrames,
          framesPerKeyFrame: FRAMES_PER_KEY_FRAME,
        },
        { signal, timeoutMs: interpolate.timeoutMs },
      ),
      (result) => ({ frames: toArtifactRef(result.frames) }),
    ),
};
