import type { MessageInitShape } from "@bufbuild/protobuf";
import type { edit } from "@kinora/contracts";
import type { ModelServiceHost } from "@kinora/model-service";
import type { RpcContext } from "@kinora/runtime";
import { editorOf } from "./editors.ts";
import type { PictureEditContext } from "./pipelines/picture-edit.ts";
import { runEdit } from "./run-edit.ts";

type Response = MessageInitShape<typeof edit.EditImageResponseSchema>;

/** Handler of EditImage: denoises the latents of the changed picture. */
export function createEditImage(host: ModelServiceHost) {
  return async function* editImage(
    request: edit.EditImageRequest,
    { signal }: RpcContext,
  ): AsyncGenerator<Response> {
    const prepare = (context: PictureEditContext) => editorOf(context.model).prepareEdit(context);
    const value = yield* runEdit({ host, request, signal, prepare, file: "latents" });
    yield { event: { case: "result", value } };
  };
}
