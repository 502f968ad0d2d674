import { type Stage, toArtifactRef, toStageEvents } from "../stage.ts";

/** Text to embedding; blank text gives the unconditional one. */
export const encodePrompt: Stage = {
  name: "encode_prompt",
  service: "encoder",
  inputs: [],
  outputs: ["embedding"],
  weight: 1,
  timeoutMs: 60_000,
  parameters: (request) => ({ prompt: request.prompt }),
  run: ({ clients, target, request, signal }) =>
    toStageEvents(
      clients.encoder.encodePrompt(
        { target, prompt: request.prompt },
        { signal, timeoutMs: encodePrompt.timeoutMs },
      ),
      (result) => ({ embedding: toArtifactRef(result.embedding) }),
    ),
};
