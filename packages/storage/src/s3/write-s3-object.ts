import { Readable } from "node:stream";
import { PutObjectCommand, type PutObjectCommandInput, type S3Client } from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import { sleep } from "@kinora/runtime";
import type { PutOptions } from "../object-store.ts";
import { s3Status } from "./s3-error.ts";

/** One key of one bucket. */
export interface S3Target {
  readonly client: S3Client;
  readonly bucket: string;
  /** The key in the bucket, with the store's prefix. */
  readonly bucketKey: string;
}

// Two parts in flight: 16 MiB of memory per upload at most.
const PART_BYTES = 8 << 20;
const PARTS_IN_FLIGHT = 2;
const CONFLICT_ATTEMPTS = 5;
const CONFLICT_PAUSE_MS = 50;

/** Puts bytes in one request. The signature covers their digest, so the server checks them. */
export async function putS3Bytes(target: S3Target, bytes: Uint8Array, options: PutOptions): Promise<void> {
  const { signal } = options;
  await againOnConflict(async () => {
    const command = new PutObjectCommand({ ...inputOf(target, options), Body: bytes });
    await target.client.send(command, signal === undefined ? {} : { abortSignal: signal });
  }, signal);
}

/**
 * Puts a stream, in parts when it is long. With `ifAbsent` the server decides when the last part
 * is in; a conflict with another writer cannot be tried again, as the stream is used up.
 */
export async function putS3Stream(
  target: S3Target,
  chunks: AsyncIterable<Uint8Array>,
  options: PutOptions,
): Promise<void> {
  const upload = new Upload({
    client: target.client,
    params: { ...inputOf(target, options), Body: Readable.from(chunks, { objectMode: false }) },
    partSize: PART_BYTES,
    queueSize: PARTS_IN_FLIGHT,
    leavePartsOnError: false,
  });
  const abort = (): void => void upload.abort();
  options.signal?.addEventListener("abort", abort, { once: true });
  try {
    await upload.done();
  } finally {
    options.signal?.removeEventListener("abort", abort);
  }
}

function inputOf({ bucket, bucketKey }: S3Target, options: PutOptions): PutObjectCommandInput {
  return {
    Bucket: bucket,
    Key: bucketKey,
    ...(options.mediaType !== undefined && { ContentType: options.mediaType }),
    ...(options.ifAbsent === true && { IfNoneMatch: "*" }),
  };
}

/** S3 answers 409 when two conditional writes of one key overlap: neither may have won. */
async function againOnConflict(put: () => Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await put();
    } catch (error) {
      if (s3Status(error) !== 409 || attempt === CONFLICT_ATTEMPTS) throw error;
      await sleep(CONFLICT_PAUSE_MS * attempt * (0.5 + Math.random()), signal);
    }
  }
}
