import { type Stage, type StageModel, toArtifact, toArtifactRef, toStageEvents } from "../stage.ts";

const TIMEOUT_MS = 600_000;

/** All frames' latents to the MP4 and its previews, at `fps` frames per second. */
export function encodeClip(model: StageModel, fps: number): Stage {
  return {
    name: "encode_clip",
    service: "encoder",
    model,
    inputs: ["frames"],
    outputs: ["video", "thumbnail", "spritesheet"],
    weight: 20,
    timeoutMs: TIMEOUT_MS,
    parameters: { fps },
    run: ({ clients, target, inputs, signal }) =>
      toStageEvents(
        clients.encoder.encodeClip(
          { target, latents: toArtifact(inputs, "frames"), fps },
          { signal, timeoutMs: TIMEOUT_MS },
        ),
        (result) => ({
          video: toArtifactRef(result.video),
          thumbnail: toArtifactRef(result.thumbnail),
          spritesheet: toArtifactRef(result.spritesheet),
        }),
      ),
  };
}
