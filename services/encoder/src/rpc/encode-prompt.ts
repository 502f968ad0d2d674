import type { MessageInitShape } from "@bufbuild/protobuf";
import type { encoder } from "@kinora/contracts";
import { AppError } from "@kinora/errors";
import { type ModelFolder, requireTensor } from "@kinora/inference";
import { createStageClock, type ModelServiceHost } from "@kinora/model-service";
import type { RpcContext } from "@kinora/runtime";
import { loadWordTokenizer, type PromptTokenizer, type TokenizedPrompt } from "../text/word-tokenizer.ts";

type Response = MessageInitShape<typeof encoder.EncodePromptResponseSchema>;

/** Handler of EncodePrompt: the prompt's embedding and the unconditional one, in one file. */
export function createEncodePrompt(host: ModelServiceHost) {
  const tokenizers = new WeakMap<ModelFolder, Promise<PromptTokenizer>>();
  const tokenizerOf = (folder: ModelFolder): Promise<PromptTokenizer> => {
    const known = tokenizers.get(folder) ?? loadWordTokenizer(folder);
    tokenizers.set(folder, known);
    return known;
  };

  return async function* encodePrompt(
    { target, prompt }: encoder.EncodePromptRequest,
    { signal }: RpcContext,
  ): AsyncGenerator<Response> {
    const clock = createStageClock();
    if (!target) throw new AppError("invalid_request", { reason: "target is missing." });
    yield { event: { case: "progress", value: { completed: 0, total: 1 } } };

    const model = await host.models.get(target.model);
    const tokenizer = await tokenizerOf(model.folder);
    const tokens = tokenizer.tokenize(prompt);
    const length = tokens.ids.length;
    const ids = BigInt64Array.of(...tokens.ids, ...tokenizer.tokenize("").ids);
    const session = await model.session("text_encoder");
    const feeds = { input_ids: { type: "int64", dims: [2, length], data: ids } } as const;
    const outputs = await host.engine.run(session, feeds, { signal, onComputed: clock.onComputed });
    const hidden = requireTensor(outputs, "last_hidden_state", {
      type: "float32",
      rank: 3,
      what: "The output of text_encoder",
    });
    const dims = [1, ...hidden.dims.slice(1)];
    const half = hidden.data.length / 2;
    const embedding = await host.artifacts.writeTensors(`${target.outputPrefix}embedding.safetensors`, {
      last_hidden_state: { type: "float32", dims, data: hidden.data.subarray(0, half) },
      unconditional: { type: "float32", dims, data: hidden.data.subarray(half) },
    });
    const value = { embedding, warnings: warningsOf(tokens), timings: clock.timings() };
    yield { event: { case: "result", value } };
  };
}

function warningsOf({ unknownWords, droppedWords, ids }: TokenizedPrompt) {
  const warnings = [];
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
