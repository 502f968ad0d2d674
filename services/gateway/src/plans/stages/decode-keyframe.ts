import { type Stage, toArtifact, toArtifactRef, toStageEvents } from "../stage.ts";

/** Keyframe latents to a PNG that the client may look at before the motion is made. */
export const decodeKeyframe: Stage = {
  name: "decode_keyframe",
  service: "encoder",
  inputs: ["keyframeLatents"],
  outputs: ["keyframe"],
  weight: 3,
  timeoutMs: 120_000,
  parameters: () => ({}),
  run: ({ clients, target, inputs, signal }) =>
    toStageEvents(
      clients.encoder.decodeImage(
        { target, latents: toArtifact(inputs, "keyframeLatents") },
        { signal, timeoutMs: decodeKeyframe.timeoutMs },
      ),
      (result) => ({ keyframe: toArtifactRef(result.image) }),
    ),
};
