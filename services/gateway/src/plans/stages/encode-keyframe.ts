import { type Stage, toArtifact, toArtifactRef, toStageEvents } from "../stage.ts";

/** Keyframe PNG, made or given, to the first frame's latents. */
export const encodeKeyframe: Stage = {
  name: "encode_keyframe",
  service: "encoder",
  inputs: ["keyframe"],
  outputs: ["firstFrame"],
  weight: 2,
  timeoutMs: 120_000,
  parameters: (request) => ({ measureRoundTrip: Number(request.inputReference !== null) }),
  run: ({ clients, target, request, inputs, signal }) =>
    toStageEvents(
      clients.encoder.encodeImage(
        {
          target,
          image: toArtifact(inputs, "keyframe"),
          measureRoundTrip: request.inputReference !== null,
        },
        { signal, timeoutMs: encodeKeyframe.timeoutMs },
      ),
      (result) => ({ firstFrame: toArtifactRef(result.latents) }),
    ),
};
