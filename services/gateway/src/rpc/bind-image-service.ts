import { image } from "@kinora/contracts";
import type { JobRecord } from "@kinora/jobs";
import { bindService, type RpcBinding, type RpcContext, type RpcHandlers } from "@kinora/runtime";
import { apiCoreOf } from "../api/api-core.ts";
import type { ApiDeps } from "../api/api-ports.ts";
import type { RawRequest } from "../api/field-reader.ts";
import { imageFacts, readPicture } from "../api/image-answer.ts";
import { imageRequestOf, picturesOf } from "../image-job.ts";
import { authenticateCall } from "./authenticate-call.ts";
import { readGenerateRequest, readImageEditRequest } from "./read-image-request.ts";
import { textOf } from "./rpc-fields.ts";

/** The public gRPC service of pictures over the same verbs as REST. */
export function bindImageService(deps: ApiDeps): RpcBinding {
  const { images } = apiCoreOf(deps);

  async function* make(route: "generations" | "edits", raw: RawRequest, call: Call) {
    const principal = await authenticateCall(deps, call.context.metadata);
    const { idempotencyKey } = call;
    const { record } = await images.create({ principal, raw, route, idempotencyKey });
    const keep = idempotencyKey !== undefined;
    const done = await images.finish(record, { signal: call.context.signal, keep });
    yield { images: toImagesMessage(done) };
    // One at a time: ten large ones together are more than a message may hold.
    for (const picture of picturesOf(done)) {
      yield { data: await readPicture(deps.store, picture, imageRequestOf(done).outputFormat) };
    }
  }

  const handlers: RpcHandlers<typeof image.ImageService> = {
    generate: (request, context) =>
      make("generations", readGenerateRequest(request), callOf(request, context)),
    edit: (request, context) => make("edits", readImageEditRequest(request), callOf(request, context)),
  };
  return bindService(image.ImageService, handlers, {
    admit: (metadata) => authenticateCall(deps, metadata),
  });
}

interface Call {
  readonly idempotencyKey: string | undefined;
  readonly context: RpcContext;
}

function callOf(request: { readonly idempotencyKey: string }, context: RpcContext): Call {
  return { idempotencyKey: textOf(request.idempotencyKey), context };
}

/** A finished job as the gRPC message: the same facts as REST's Images. */
function toImagesMessage(record: JobRecord) {
  const { outputFormat, count } = imageRequestOf(record);
  const { id, model, seed, size, edit, warnings, stage_durations: stageDurations } = imageFacts(record);
  return {
    ...{ id, model, seed: BigInt(seed), size, n: count, warnings, stageDurations },
    mediaType: `image/${outputFormat}`,
    task: edit?.task ?? "",
  };
}
