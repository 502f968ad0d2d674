import { type Stage, toArtifact, toArtifactRef, toStageEvents } from "../stage.ts";

/** Embedding to the keyframe's latents. */
export const generateKeyframe: Stage = {
  name: "generate_keyframe",
  service: "t2i",
  inputs: ["embedding"],
  outputs: ["keyframeLatents"],
  weight: 15,
  timeoutMs: 600_000,
  parameters: ({ seed, keyframeSteps, guidanceScale }) => ({ seed, keyframeSteps, guidanceScale }),
  run: ({ clients, target, request, inputs, signal }) =>
    toStageEvents(
      clients.t2i.generate(
        {
          target,
          embedding: toArtifact(inputs, "embedding"),
          seed: BigInt(request.seed),
          numInferenceSteps: request.keyframeSteps,
          guidanceScale: request.guidanceScale,
        },
        { signal, timeoutMs: generateKeyframe.timeoutMs },
      ),
      (result) => ({ keyframeLatents: toArtifactRef(result.latents) }),
    ),
};
