import { type Stage, type StageModel, toArtifact, toArtifactRef, toStageEvents } from "../stage.ts";

const TIMEOUT_MS = 600_000;

/** The caller's PNG to latents from which a picture is varied or edited. */
export function encodePicture(model: StageModel): Stage {
  return {
    name: "encode_picture",
    service: "encoder",
    model,
    inputs: ["picture"],
    outputs: ["startImage"],
    weight: 2,
    timeoutMs: TIMEOUT_MS,
    parameters: {},
    run: ({ clients, target, inputs, signal }) =>
      toStageEvents(
        clients.encoder.encodeImage(
          { target, image: toArtifact(inputs, "picture") },
          { signal, timeoutMs: TIMEOUT_MS },
        ),
        (result) => ({ startImage: toArtifactRef(result.latents) }),
      ),
  };
}
