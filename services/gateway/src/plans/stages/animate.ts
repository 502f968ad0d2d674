import { type Stage, toArtifact, toArtifactRef, toStageEvents } from "../stage.ts";

/** First frame and text to key frames. */
export const animate: Stage = {
  name: "animate",
  service: "i2v",
  inputs: ["firstFrame", "embedding"],
  outputs: ["keyFrames"],
  weight: 50,
  timeoutMs: 1_800_000,
  parameters: ({ seed, motionSteps }) => ({ seed, motionSteps }),
  run: ({ clients, target, request, inputs, signal }) =>
    toStageEvents(
      clients.i2v.animate(
        {
          target,
          firstFrame: toArtifact(inputs, "firstFrame"),
          embedding: toArtifact(inputs, "embedding"),
          seed: BigInt(request.seed),
          numInferenceSteps: request.motionSteps,
          guidanceScale: 1,
        },
        { signal, timeoutMs: animate.timeoutMs },
      ),
      (result) => ({ keyFrames: toArtifactRef(result.keyFrames) }),
    ),
};
