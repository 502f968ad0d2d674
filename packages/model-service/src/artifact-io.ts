import type { Readable } from "node:stream";
import type { types } from "@kinora/contracts";
import { AppError } from "@kinora/errors";
import {
  decodeTensors,
  encodeTensors,
  requireTensor,
  type TensorMap,
  type TensorOf,
} from "@kinora/inference";
import { type ObjectStore, readArtifact, writeArtifact } from "@kinora/storage";

/** Media type of tensors in the object store. */
export const TENSORS_MEDIA_TYPE = "application/vnd.safetensors";

/** The tensors that services exchange (proto/kinora/encoder/v1 says their shapes), with their ranks. */
const TENSOR_RANKS = {
  latents: 4,
  before: 5,
  latent_parameters: 4,
  image_embeds: 3,
  last_hidden_state: 3,
  unconditional: 3,
  pooled: 2,
  unconditional_pooled: 2,
} as const;

/** Name of a tensor that services exchange. */
export type TensorName = keyof typeof TENSOR_RANKS;

/** An artifact as requests carry it: unset fields are possible on the wire. */
type WireArtifact = Pick<types.Artifact, "key" | "sha256" | "sizeBytes" | "mediaType"> | undefined;

/** Which tensors a reader wants of one file. */
export interface TensorNames<R extends TensorName, O extends TensorName> {
  readonly required: readonly R[];
  readonly optional?: readonly O[];
}

/** The tensors of one file by name: all required ones, and those of the optional ones that are there. */
export type ReadTensors<R extends TensorName, O extends TensorName> = {
  readonly [N in R]: TensorOf<"float32">;
} & { readonly [N in O]?: TensorOf<"float32"> };

/** Reads and writes a stage's files, by reference. */
export interface ArtifactIo {
  /** The bytes, their size and digest checked. */
  readBytes(artifact: WireArtifact, field: string, signal: AbortSignal): Promise<Uint8Array>;
  /** One float32 tensor of a safetensors file. */
  readTensor(artifact: WireArtifact, name: TensorName, signal: AbortSignal): Promise<TensorOf<"float32">>;
  /** Several float32 tensors of a safetensors file; `field` names the artifact in errors. */
  readTensors<R extends TensorName, O extends TensorName = never>(
    artifact: WireArtifact,
    names: TensorNames<R, O>,
    options: { readonly field: string; readonly signal: AbortSignal },
  ): Promise<ReadTensors<R, O>>;
  writeBytes(key: string, bytes: Uint8Array, mediaType: string): Promise<ArtifactInit>;
  writeStream(key: string, body: Readable, mediaType: string): Promise<ArtifactInit>;
  writeTensors(key: string, tensors: TensorMap): Promise<ArtifactInit>;
}

/** An artifact for a response. */
export interface ArtifactInit {
  readonly key: string;
  readonly sha256: string;
  readonly sizeBytes: bigint;
  readonly mediaType: string;
}

/** Creates ArtifactIo over an object store. */
export function createArtifactIo(store: ObjectStore): ArtifactIo {
  async function readBytes(artifact: WireArtifact, field: string, signal: AbortSignal): Promise<Uint8Array> {
    if (!artifact?.key) throw new AppError("invalid_request", { reason: `${field} names no artifact.` });
    return readArtifact(store, artifact, { signal });
  }

  async function write(key: string, body: Uint8Array | Readable, mediaType: string): Promise<ArtifactInit> {
    const written = await writeArtifact(store, key, body, { mediaType });
    return { ...written, sizeBytes: BigInt(written.sizeBytes) };
  }

  return {
    readBytes,
    writeBytes: write,
    writeStream: write,
    async readTensor(artifact, name, signal) {
      const tensors = decodeTensors(await readBytes(artifact, name, signal));
      return pick(tensors, name, artifact);
    },
    async readTensors<R extends TensorName, O extends TensorName>(
      artifact: WireArtifact,
      { required, optional = [] }: TensorNames<R, O>,
      { field, signal }: { readonly field: string; readonly signal: AbortSignal },
    ) {
      const tensors = decodeTensors(await readBytes(artifact, field, signal));
      const present = optional.filter((name) => Object.hasOwn(tensors, name));
      const names = [...required, ...present];
      return Object.fromEntries(names.map((name) => [name, pick(tensors, name, artifact)])) as ReadTensors<
        R,
        O
      >;
    },
    writeTensors: (key, tensors) => write(key, encodeTensors(tensors), TENSORS_MEDIA_TYPE),
  };
}

function pick(tensors: TensorMap, name: TensorName, artifact: WireArtifact): TensorOf<"float32"> {
  const rank = TENSOR_RANKS[name];
  return requireTensor(tensors, name, { type: "float32", rank, what: `Artifact ${artifact?.key}` });
}
