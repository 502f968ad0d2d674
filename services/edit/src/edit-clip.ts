import type { MessageInitShape } from "@bufbuild/protobuf";
import type { edit } from "@kinora/contracts";
import { AppError } from "@kinora/errors";
import {
  createStageClock,
  type ModelServiceHost,
  progressEvent,
  readDenoiseRequest,
} from "@kinora/model-service";
import type { RpcContext } from "@kinora/runtime";
import { editorOf } from "./editors.ts";
import { runEdit } from "./run-edit.ts";

type Response = MessageInitShape<typeof edit.EditClipResponseSchema>;

/** Handler of EditClip: denoises the latents of a clip's changed key frames, all at once. */
export function createEditClip(host: ModelServiceHost) {
  return async function* editClip(
    request: edit.EditClipRequest,
    { signal }: RpcContext,
  ): AsyncGenerator<Response> {
    const clock = createStageClock();
    const { target, total } = readDenoiseRequest(request);
    yield progressEvent(0, total);

    const model = await host.models.get(target.model);
    const { prepareClipEdit } = editorOf(model);
    if (prepareClipEdit === undefined) {
      const reason = `model ${target.model} edits pictures only.`;
      throw new AppError("capability_missing", { capability: "Editing clips", reason });
    }
    const prepared = await prepareClipEdit({ host, model, request, clock, signal });
    const keyFrames = await host.artifacts.writeTensors(`${target.outputPrefix}key-frames.safetensors`, {
      latents: yield* runEdit(prepared),
    });
    yield { event: { case: "result", value: { keyFrames, timings: clock.timings() } } };
  };
}
