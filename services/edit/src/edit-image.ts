import type { MessageInitShape } from "@bufbuild/protobuf";
import type { edit } from "@kinora/contracts";
import {
  createStageClock,
  type ModelServiceHost,
  progressEvent,
  readDenoiseRequest,
} from "@kinora/model-service";
import type { RpcContext } from "@kinora/runtime";
import { editorOf } from "./editors.ts";
import { runEdit } from "./run-edit.ts";

type Response = MessageInitShape<typeof edit.EditImageResponseSchema>;

/** Handler of EditImage: denoises the latents of the changed picture. */
export function createEditImage(host: ModelServiceHost) {
  return async function* editImage(
    request: edit.EditImageRequest,
    { signal }: RpcContext,
  ): AsyncGenerator<Response> {
    const clock = createStageClock();
    const { target, total } = readDenoiseRequest(request);
    yield progressEvent(0, total);

    const model = await host.models.get(target.model);
    const prepared = await editorOf(model).prepareEdit({ host, model, request, clock, signal });
    const latents = await host.artifacts.writeTensors(`${target.outputPrefix}latents.safetensors`, {
      latents: yield* runEdit(prepared),
    });
    yield { event: { case: "result", value: { latents, timings: clock.timings() } } };
  };
}
