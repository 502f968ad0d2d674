import type { Readable } from "node:stream";
import { DeleteObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { throwIfAborted } from "@kinora/runtime";
import { createBodySource } from "../body-source.ts";
import { assertObjectKey, assertObjectPrefix } from "../object-key.ts";
import type { ObjectInfo, ObjectStore, PutOptions, PutResult } from "../object-store.ts";
import { orStorageError, orStorageErrors } from "../storage-error.ts";
import { listS3Objects } from "./list-s3-objects.ts";
import { headS3Object, openS3Object, readS3Object, requestOptions } from "./read-s3-object.ts";
import { s3Error } from "./s3-error.ts";
import { putS3Bytes, putS3Stream, type S3Target } from "./write-s3-object.ts";

/** Where the bucket is. */
export interface S3StoreOptions {
  readonly bucket: string;
  /** URL of a server other than AWS; its buckets are addressed by path. */
  readonly endpoint?: string | undefined;
  /** Unset: the AWS default chain decides; with an endpoint, us-east-1. */
  readonly region?: string | undefined;
  /** Unset: the AWS default chain (variables, profile, web identity, instance). */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string } | undefined;
  /** Starts every key in the bucket, for example "kinora/". */
  readonly prefix?: string | undefined;
}

const CONNECT_TIMEOUT_MS = 5_000;
const SILENCE_TIMEOUT_MS = 30_000;

/**
 * Objects in an S3 bucket: the store of many machines. `ifAbsent` needs a server that honours
 * `If-None-Match: *`. A write whose answer was lost is sent again by the SDK, so with `ifAbsent`
 * `object_exists` may mean that the first try of the same call won.
 */
export function createS3Store(options: S3StoreOptions): ObjectStore {
  const client = createClient(options);
  const { bucket, prefix = "" } = options;
  assertObjectPrefix(prefix);
  const targetOf = (key: string): S3Target => {
    assertObjectKey(key);
    return { client, bucket, bucketKey: prefix + key };
  };
  return {
    put: async (key, body, options = {}) => putObject(targetOf(key), key, { body, options }),
    get: async (key, options = {}) => {
      const target = targetOf(key);
      return orStorageError(() => readS3Object(target, key, options), options.signal);
    },
    open: async (key, options = {}) => {
      const target = targetOf(key);
      return orStorageError(() => openS3Object(target, key, options), options.signal);
    },
    head: async (key, { signal } = {}) => {
      const target = targetOf(key);
      return orStorageError(() => headS3Object(target, key, signal), signal);
    },
    delete: async (key, { signal } = {}) => {
      const { bucketKey } = targetOf(key);
      const command = new DeleteObjectCommand({ Bucket: bucket, Key: bucketKey });
      await orStorageError(() => client.send(command, requestOptions(signal)), signal);
    },
    list: (listPrefix, { signal } = {}) => {
      assertObjectPrefix(listPrefix);
      const objects = listS3Objects({ client, bucket, bucketPrefix: prefix + listPrefix, signal });
      return orStorageErrors(withoutPrefix(objects, prefix), signal);
    },
    close: async () => client.destroy(),
  };
}

function createClient({ endpoint, region, credentials }: S3StoreOptions): S3Client {
  const resolvedRegion = region ?? (endpoint === undefined ? undefined : "us-east-1");
  return new S3Client({
    ...(endpoint !== undefined && { endpoint, forcePathStyle: true }),
    ...(resolvedRegion !== undefined && { region: resolvedRegion }),
    ...(credentials !== undefined && { credentials }),
    // The SDK's default trailing checksums are stored as content, or refused, by servers other than
    // AWS; the signature covers a body of known size, and readers check the artifact's own digest.
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
    requestHandler: { connectionTimeout: CONNECT_TIMEOUT_MS, socketTimeout: SILENCE_TIMEOUT_MS },
  });
}

async function putObject(
  target: S3Target,
  key: string,
  { body, options }: { body: Uint8Array | Readable; options: PutOptions },
): Promise<PutResult> {
  const source = createBodySource(body, options.signal);
  try {
    throwIfAborted(options.signal);
    if (body instanceof Uint8Array) await putS3Bytes(target, await only(source.chunks), options);
    else await putS3Stream(target, source.chunks, options);
    return source.result();
  } catch (error) {
    source.destroy();
    throw source.blame(s3Error(error, key));
  }
}

/** The one chunk of a body in memory, hashed on the way. */
async function only(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  let all: Uint8Array = new Uint8Array();
  for await (const chunk of chunks) all = chunk;
  return all;
}

async function* withoutPrefix(
  objects: AsyncIterable<ObjectInfo>,
  prefix: string,
): AsyncGenerator<ObjectInfo> {
  for await (const object of objects) yield { ...object, key: object.key.slice(prefix.length) };
}
