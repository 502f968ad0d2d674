import type { types } from "@kinora/contracts";
import { AppError } from "@kinora/errors";
import { decodeTensors, encodeTensors, type Tensor, type TensorMap } from "@kinora/inference";
import { type ObjectStore, readArtifact, writeArtifact } from "@kinora/storage";

/** Media type of tensors in the object store. */
export const TENSORS_MEDIA_TYPE = "application/vnd.safetensors";

/** An artifact as requests carry it: unset fields are possible on the wire. */
type WireArtifact = Pick<types.Artifact, "key" | "sha256" | "sizeBytes" | "mediaType"> | undefined;

/** Reads and writes a stage's files, by reference. */
export interface ArtifactIo {
  /** The bytes, their size and digest checked. */
  readBytes(artifact: WireArtifact, field: string, signal: AbortSignal): Promise<Uint8Array>;
  /** One float32 tensor of a safetensors file. */
  readTensor(artifact: WireArtifact, name: string, signal: AbortSignal): Promise<Tensor & { data: Float32Array }>;
  writeBytes(key: string, bytes: Uint8Array, mediaType: string): Promise<ArtifactInit>;
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

  async function writeBytes(key: string, bytes: Uint8Array, mediaType: string): Promise<ArtifactInit> {
    const written = await writeArtifact(store, key, bytes, { mediaType });
    return { ...written, sizeBytes: BigInt(written.sizeBytes) };
  }

  return {
    readBytes,
    writeBytes,
    async readTensor(artifact, name, signal) {
      const tensors = decodeTensors(await readBytes(artifact, name, signal));
      const tensor = tensors[name];
      if (!tensor || !(tensor.data instanceof Float32Array)) {
        throw new AppError("invalid_request", {
          reason: `${artifact?.key ?? "?"} has no float32 tensor ${name}; it has ${Object.keys(tensors).join(", ")}.`,
        });
      }
      return { ...tensor, data: tensor.data };
    },
    writeTensors: (key, tensors) => writeBytes(key, encodeTensors(tensors), TENSORS_MEDIA_TYPE),
  };
}
