import type { ModelFolder } from "@kinora/inference";
import {
  loadWordTokenizer,
  type PromptTokenizer,
  readFloats,
  type TokenizedPrompt,
} from "@kinora/model-service";
import type { EncodePromptText, PromptWarning } from "./prompt-encoding.ts";

/** Prompts for our own family: one encoder that reads whole words. */
export function createWordEncoding(): EncodePromptText {
  const tokenizers = new WeakMap<ModelFolder, Promise<PromptTokenizer>>();
  const tokenizerOf = (folder: ModelFolder): Promise<PromptTokenizer> => {
    const known = tokenizers.get(folder) ?? loadWordTokenizer(folder);
    tokenizers.set(folder, known);
    return known;
  };

  return async ({ host, model, prompt, negativePrompt, clock, signal }) => {
    const tokenizer = await tokenizerOf(model.folder);
    const tokens = tokenizer.tokenize(prompt);
    const length = tokens.ids.length;
    const ids = BigInt64Array.of(...tokens.ids, ...tokenizer.tokenize(negativePrompt).ids);
    const session = await model.session("text_encoder");
    const feeds = { input_ids: { type: "int64", dims: [2, length], data: ids } } as const;
    const outputs = await host.engine.run(session, feeds, { signal, onComputed: clock.onComputed });
    const what = "The output of text_encoder";
    const hidden = readFloats(outputs, "last_hidden_state", { rank: 3, what });
    const dims = [1, ...hidden.dims.slice(1)];
    const half = hidden.data.length / 2;
    const tensors = {
      last_hidden_state: { type: "float32", dims, data: hidden.data.subarray(0, half) },
      unconditional: { type: "float32", dims, data: hidden.data.subarray(half) },
    } as const;
    return { tensors, warnings: warningsOf(tokens) };
  };
}

function warningsOf({ unknownWords, nearWords, droppedWords, ids }: TokenizedPrompt): PromptWarning[] {
  const warnings: PromptWarning[] = [];
  if (nearWords.size > 0) {
    const readings = [...nearWords].map(([typed, read]) => `${typed} as ${read}`);
    warnings.push({
      code: "near_words",
      message: `Words the model does not know were read as near ones: ${readings.join(", ")}.`,
      values: [...nearWords.keys()],
    });
  }
  if (unknownWords.length > 0) {
    warnings.push({
      code: "unknown_words",
      message: `The model does not know: ${unknownWords.join(", ")}. GET /v1/models lists the words it knows.`,
      values: [...unknownWords],
    });
  }
  if (droppedWords.length > 0) {
    warnings.push({
      code: "prompt_truncated",
      message: `The model reads ${ids.length} words; these were left out: ${droppedWords.join(" ")}.`,
      values: [...droppedWords],
    });
  }
  return warnings;
}
