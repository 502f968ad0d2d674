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

/** The tensors that services exchange: latents [T, C, h, w] and embeddings [1, L, D]. */
const TENSOR_RANKS = { latents: 4, last_hidden_state: 3, unconditional: 3 } as const;

/** Name of a tensor that services exchange. */
export type TensorName = keyof typeof TENSOR_RANKS;

/** An artifact as requests carry it: unset fields are possible on the wire. */
type WireArtifact = Pick<types.Artifact, "key" | "sha256" | "sizeBytes" | "mediaType"> | undefined;

/** Reads and writes a stage's files, by reference. */
export interface ArtifactIo {
  /** The bytes, their size and digest checked. */
  readBytes(artifact: WireArtifact, field: string, signal: AbortSignal): Promise<Uint8Array>;
  /** One float32 tensor of a safetensors file. */
  readTensor(artifact: WireArtifact, name: TensorName, signal: AbortSignal): Promise<TensorOf<"float32">>;
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
      const rank = TENSOR_RANKS[name];
      return requireTensor(tensors, name, { type: "float32", rank, what: `Artifact ${artifact?.key}` });
    },
    writeTensors: (key, tensors) => write(key, encodeTensors(tensors), TENSORS_MEDIA_TYPE),
  };
}
