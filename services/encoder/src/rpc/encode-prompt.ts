import type { MessageInitShape } from "@bufbuild/protobuf";
import type { encoder } from "@kinora/contracts";
import { AppError } from "@kinora/errors";
import { createStageClock, type ModelServiceHost } from "@kinora/model-service";
import type { RpcContext } from "@kinora/runtime";
import { createSubwordEncoding } from "../text/encode-subwords.ts";
import { createWordEncoding } from "../text/encode-words.ts";

type Response = MessageInitShape<typeof encoder.EncodePromptResponseSchema>;

/** Handler of EncodePrompt: the prompt's embedding and the unconditional one, in one file. */
export function createEncodePrompt(host: ModelServiceHost) {
  const encodeWords = createWordEncoding();
  const encodeSubwords = createSubwordEncoding();

  return async function* encodePrompt(
    { target, prompt, negativePrompt }: encoder.EncodePromptRequest,
    { signal }: RpcContext,
  ): AsyncGenerator<Response> {
    const clock = createStageClock();
    if (!target) throw new AppError("invalid_request", { reason: "target is missing." });
    yield { event: { case: "progress", value: { completed: 0, total: 1 } } };

    const model = await host.models.get(target.model);
    const encode = model.pipeline.kind === "pocket" ? encodeWords : encodeSubwords;
    const { tensors, warnings } = await encode({ host, model, prompt, negativePrompt, clock, signal });
    const embedding = await host.artifacts.writeTensors(
      `${target.outputPrefix}embedding.safetensors`,
      tensors,
    );
    const value = { embedding, warnings: [...warnings], timings: clock.timings() };
    yield { event: { case: "result", value } };
  };
}
