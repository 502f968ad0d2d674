import { decodeTensors, type TensorMap } from "@kinora/inference";
import { encodePng } from "@kinora/media";
import {
  type ArtifactInit,
  createModelHost,
  type ModelHostConfig,
  type OwnedModelHost,
} from "@kinora/model-service";
import { createLogger, type RpcContext } from "@kinora/runtime";

/** RGB values, as goldens hold them. */
interface PictureTensor {
  readonly shape: readonly number[];
  readonly data: ArrayLike<number>;
}

/** A real host with what tests of handlers need. */
export interface EncoderHost extends OwnedModelHost {
  readonly context: RpcContext;
  /** A picture [H, W, 3] as a stored PNG. */
  storePicture(picture: PictureTensor): Promise<ArtifactInit>;
  /** The tensors of a stored file. */
  loadTensors(artifact: ArtifactRef | undefined): Promise<TensorMap>;
  /** The bytes of a stored file. */
  loadBytes(artifact: ArtifactRef | undefined): Promise<Uint8Array>;
}

type ArtifactRef = Parameters<OwnedModelHost["artifacts"]["readBytes"]>[0];

/** Creates a host; whoever made it closes it. */
export function createEncoderHost(config: ModelHostConfig): EncoderHost {
  const logger = createLogger({ service: "test", level: "silent" });
  const host = createModelHost(config, logger);
  const { signal } = new AbortController();
  const loadBytes = (artifact: ArtifactRef) => host.artifacts.readBytes(artifact, "artifact", signal);
  return {
    ...host,
    context: { signal, deadlineMs: undefined, metadata: new Map(), logger, requestId: "test" },
    loadBytes,
    loadTensors: async (artifact) => decodeTensors(await loadBytes(artifact)),
    async storePicture({ shape, data }) {
      const [height = 0, width = 0] = shape;
      const png = await encodePng({ data: Uint8Array.from(data), width, height });
      return host.artifacts.writeBytes(`pictures/${crypto.randomUUID()}.png`, png, "image/png");
    },
  };
}

/** The last event of a stage's stream: its result. Throws if there is none. */
export async function resultOf<R>(events: AsyncIterable<{ event?: unknown }>): Promise<R> {
  let last: unknown;
  for await (const { event } of events) last = event;
  const { case: kind, value } = last as { case: string; value: R };
  if (kind !== "result") throw new Error(`The stream ended with ${kind}.`);
  return value;
}
