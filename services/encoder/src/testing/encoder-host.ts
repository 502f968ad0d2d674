import { decodeTensors, type TensorMap } from "@kinora/inference";
import { encodePng } from "@kinora/media";
import { type ArtifactInit, createModelHost, type OwnedModelHost } from "@kinora/model-service";
import { createLogger, type RpcContext } from "@kinora/runtime";
import { fixturePath, type GoldenCase, temporaryFolder } from "@kinora/testing";

/** A real host over the tiny models of packages/testing, with a store of its own. */
export interface EncoderHost extends OwnedModelHost, AsyncDisposable {
  readonly context: RpcContext;
  /** The case's picture as a stored PNG. */
  storeSource(golden: GoldenCase): Promise<ArtifactInit>;
  /** The tensors of a stored file. */
  loadTensors(artifact: ArtifactRef | undefined): Promise<TensorMap>;
  /** The bytes of a stored file. */
  loadBytes(artifact: ArtifactRef | undefined): Promise<Uint8Array>;
}

type ArtifactRef = Parameters<OwnedModelHost["artifacts"]["readBytes"]>[0];

/** Creates a host; whoever made it disposes it. */
export async function createEncoderHost(): Promise<EncoderHost> {
  const folder = await temporaryFolder("encoder");
  const logger = createLogger({ service: "test", level: "silent" });
  const config = {
    modelsDir: fixturePath("models"),
    dataDir: folder.path,
    device: "cpu",
    engineThreads: 1,
  } as const;
  const host = createModelHost(config, logger);
  const { signal } = new AbortController();
  const loadBytes = (artifact: ArtifactRef) => host.artifacts.readBytes(artifact, "artifact", signal);
  return {
    ...host,
    context: { signal, deadlineMs: undefined, metadata: new Map(), logger, requestId: "test" },
    loadBytes,
    loadTensors: async (artifact) => decodeTensors(await loadBytes(artifact)),
    async storeSource(golden) {
      const { shape, data } = golden.tensor("source_image") ?? { shape: [], data: new Uint8Array() };
      const [height = 0, width = 0] = shape;
      const png = await encodePng({ data: Uint8Array.from(data), width, height });
      return host.artifacts.writeBytes(`${golden.name}/source.png`, png, "image/png");
    },
    async [Symbol.asyncDispose]() {
      await host.close();
      await folder.remove();
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
