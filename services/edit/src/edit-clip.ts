import type { MessageInitShape } from "@bufbuild/protobuf";
import type { edit } from "@kinora/contracts";
import { AppError } from "@kinora/errors";
import type { ModelServiceHost } from "@kinora/model-service";
import type { RpcContext } from "@kinora/runtime";
import { editorOf } from "./editors.ts";
import type { ClipEditContext } from "./pipelines/picture-edit.ts";
import { runEdit } from "./run-edit.ts";

type Response = MessageInitShape<typeof edit.EditClipResponseSchema>;

/** Handler of EditClip: denoises the latents of a clip's changed key frames, all at once. */
export function createEditClip(host: ModelServiceHost) {
  return async function* editClip(
    request: edit.EditClipRequest,
    { signal }: RpcContext,
  ): AsyncGenerator<Response> {
    const run = { host, request, signal, prepare, file: "key-frames" };
    const { latents: keyFrames, timings } = yield* runEdit(run);
    yield { event: { case: "result", value: { keyFrames, timings } } };
  };
}

async function prepare(context: ClipEditContext) {
  const { prepareClipEdit } = editorOf(context.model);
  if (prepareClipEdit) return prepareClipEdit(context);
  const reason = `model ${context.model.folder.name} edits pictures only.`;
  throw new AppError("capability_missing", { capability: "Editing clips", reason });
}
