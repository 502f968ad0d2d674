import { type Stage, type StageModel, toArtifactRef, toStageEvents } from "../stage.ts";

const TIMEOUT_MS = 600_000;

/** A text to encode, and what the result is called. */
export interface EncodePromptOptions {
  readonly prompt: string;
  readonly negativePrompt?: string | undefined;
  /** Name of the stage and its file, where a plan encodes for a second model too. */
  readonly name?: string;
  readonly output?: string;
}

/** Text to embedding; blank text gives the unconditional one. */
export function encodePrompt(model: StageModel, options: EncodePromptOptions): Stage {
  const { prompt, negativePrompt = "", name = "encode_prompt", output = "embedding" } = options;
  return {
    name,
    service: "encoder",
    model,
    inputs: [],
    outputs: [output],
    weight: 1,
    timeoutMs: TIMEOUT_MS,
    parameters: { prompt, ...(negativePrompt === "" ? {} : { negativePrompt }) },
    run: ({ clients, target, signal }) =>
      toStageEvents(
        clients.encoder.encodePrompt({ target, prompt, negativePrompt }, { signal, timeoutMs: TIMEOUT_MS }),
        (result) => ({ [output]: toArtifactRef(result.embedding) }),
      ),
  };
}
