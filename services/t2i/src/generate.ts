import type { MessageInitShape } from "@bufbuild/protobuf";
import type { t2i } from "@kinora/contracts";
import {
  createStageClock,
  denoiseStage,
  type ModelServiceHost,
  progressEvent,
  readDenoiseRequest,
} from "@kinora/model-service";
import type { RpcContext } from "@kinora/runtime";
import { prepareGeneration } from "./prepare-generation.ts";

type Response = MessageInitShape<typeof t2i.GenerateResponseSchema>;

/** Handler of Generate: denoises the latents of one batch of pictures from seeded noise, or from a start image. */
export function createGenerate(host: ModelServiceHost) {
  return async function* generate(
    request: t2i.GenerateRequest,
    { signal }: RpcContext,
  ): AsyncGenerator<Response> {
    const clock = createStageClock();
    const { target, total } = readDenoiseRequest(request);
    yield progressEvent(0, total);

    const model = await host.models.get(target.model);
    const { size, options } = await prepareGeneration({ host, model, clock, signal }, request);
    const data = yield* denoiseStage(options);
    const latents = await host.artifacts.writeTensors(`${target.outputPrefix}latents.safetensors`, {
      latents: { type: "float32", dims: size, data },
    });
    yield { event: { case: "result", value: { latents, timings: clock.timings() } } };
  };
}
