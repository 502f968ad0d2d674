import { type Stage, toArtifact, toArtifactRef, toStageEvents } from "../stage.ts";

/** All frames' latents to the MP4 and its previews. */
export const encodeClip: Stage = {
  name: "encode_clip",
  service: "encoder",
  inputs: ["frames"],
  outputs: ["video", "thumbnail", "spritesheet"],
  weight: 20,
  timeoutMs: 600_000,
  parameters: ({ fps }) => ({ fps }),
  run: ({ clients, target, request, inputs, signal }) =>
    toStageEvents(
      clients.encoder.encodeClip(
        { target, latents: toArtifact(inputs, "frames"), fps: request.fps },
        { signal, timeoutMs: encodeClip.timeoutMs },
      ),
      (result) => ({
        video: toArtifactRef(result.video),
        thumbnail: toArtifactRef(result.thumbnail),
        spritesheet: toArtifactRef(result.spritesheet),
      }),
    ),
};
