import { video } from "@kinora/contracts";
import { bindService, type RpcBinding, type RpcContext, type RpcHandlers } from "@kinora/runtime";
import { apiCoreOf } from "../api/api-core.ts";
import type { ApiDeps } from "../api/api-ports.ts";
import { openArtifact } from "../api/open-artifact.ts";
import { invalid } from "../api/parse-value.ts";
import { createUploadedFile } from "../api/uploaded-clip.ts";
import type { Variant, VideoOperations } from "../api/video-operations.ts";
import { authenticateCall } from "./authenticate-call.ts";
import { readCreateRequest, readEditRequest } from "./read-create-request.ts";
import { textOf } from "./rpc-fields.ts";
import { toVideoMessage } from "./video-message.ts";

/** Bytes of one piece of a download: far below gRPC's 4 MiB, far above its overhead. */
const PIECE_BYTES = 256 * 1024;

const VARIANTS: Readonly<Record<video.VideoVariant, Variant>> = {
  [video.VideoVariant.UNSPECIFIED]: "video",
  [video.VideoVariant.VIDEO]: "video",
  [video.VideoVariant.THUMBNAIL]: "thumbnail",
  [video.VideoVariant.SPRITESHEET]: "spritesheet",
  [video.VideoVariant.KEYFRAME]: "keyframe",
};

/** The public gRPC service over the same verbs as REST; given the same deps, over the same state. */
export function bindVideoService(deps: ApiDeps): RpcBinding {
  const { operations, edits } = apiCoreOf(deps);
  const who = ({ metadata }: RpcContext) => authenticateCall(deps, metadata);
  const handlers: RpcHandlers<typeof video.VideoService> = {
    async create(request, context) {
      const principal = await who(context);
      const idempotencyKey = textOf(request.idempotencyKey);
      const record = await operations.create({ principal, raw: readCreateRequest(request), idempotencyKey });
      return { video: toVideoMessage(record) };
    },
    async edit(request, context) {
      const principal = await who(context);
      await using upload = createUploadedFile();
      if (request.video.byteLength > 0) await upload.write(request.video);
      const idempotencyKey = textOf(request.idempotencyKey);
      const raw = readEditRequest(request);
      const record = await edits.create({ principal, raw, uploadPath: upload.path, idempotencyKey });
      return { video: toVideoMessage(record) };
    },
    async get({ id }, context) {
      return { video: toVideoMessage(await operations.get((await who(context)).tenant, id)) };
    },
    async cancel({ id }, context) {
      return { video: toVideoMessage(await operations.cancel((await who(context)).tenant, id)) };
    },
    async *watch({ id }, context) {
      const { tenant } = await who(context);
      for await (const event of operations.watch(tenant, id, context.signal)) {
        if (event.type === "deleted") return;
        yield { video: toVideoMessage(event.record) };
      }
    },
    async *download({ id, variant }, context) {
      const { tenant } = await who(context);
      yield* download(deps, operations, { tenant, id, variant: variantOf(variant), context });
    },
  };
  // Before a message of up to 24 MiB is read, too.
  return bindService(video.VideoService, handlers, { admit: (metadata) => authenticateCall(deps, metadata) });
}

// An enum of a newer client arrives as a number that is not in the table.
function variantOf(variant: video.VideoVariant): Variant {
  const known: Variant | undefined = VARIANTS[variant];
  if (known) return known;
  throw invalid(
    "variant",
    `variant ${variant} is not known; send VIDEO, THUMBNAIL, SPRITESHEET or KEYFRAME.`,
  );
}

interface Download {
  readonly tenant: string;
  readonly id: string;
  readonly variant: Variant;
  readonly context: RpcContext;
}

async function* download({ store }: ApiDeps, operations: VideoOperations, request: Download) {
  const { tenant, id, variant, context } = request;
  const artifact = await operations.locate(tenant, id, variant);
  const body = await openArtifact(store, artifact, { signal: context.signal });
  let head = { mediaType: artifact.mediaType, sizeBytes: BigInt(artifact.sizeBytes) };
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      for (let start = 0; start < chunk.byteLength; start += PIECE_BYTES) {
        yield { data: chunk.subarray(start, start + PIECE_BYTES), ...head };
        head = { mediaType: "", sizeBytes: 0n };
      }
    }
  } finally {
    body.destroy();
  }
}
