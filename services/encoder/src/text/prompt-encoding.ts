import type { TensorMap } from "@kinora/inference";
import type { ModelServiceHost, ServedModel, StageClock } from "@kinora/model-service";

/** What is to be encoded, and with what. */
export interface PromptRun {
  readonly host: ModelServiceHost;
  readonly model: ServedModel;
  readonly prompt: string;
  /** Blank: the model's own unconditional text. */
  readonly negativePrompt: string;
  readonly clock: StageClock;
  readonly signal: AbortSignal;
}

/** Something the user should know about the prompt. */
export interface PromptWarning {
  readonly code: "unknown_words" | "near_words" | "prompt_truncated";
  readonly message: string;
  readonly values: string[];
}

/** The embedding's tensors, by the names of proto/kinora/encoder/v1, and what was noticed. */
export interface EncodedPrompt {
  readonly tensors: TensorMap;
  readonly warnings: readonly PromptWarning[];
}

/** Encodes prompts for one family of models. */
export type EncodePromptText = (run: PromptRun) => Promise<EncodedPrompt>;
