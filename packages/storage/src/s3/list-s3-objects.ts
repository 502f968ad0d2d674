import { type _Object, paginateListObjectsV2, type S3Client } from "@aws-sdk/client-s3";
import type { ObjectInfo } from "../object-store.ts";

/** What to list: keys of the bucket that start with `bucketPrefix`. */
export interface ListS3Options {
  readonly client: S3Client;
  readonly bucket: string;
  readonly bucketPrefix: string;
  readonly signal?: AbortSignal | undefined;
}

/** The objects, page by page, with the bucket's own keys. */
export async function* listS3Objects(options: ListS3Options): AsyncGenerator<ObjectInfo> {
  const { client, bucket, bucketPrefix, signal } = options;
  const pages = paginateListObjectsV2(
    { client },
    { Bucket: bucket, Prefix: bucketPrefix },
    ...(signal === undefined ? [] : [{ abortSignal: signal }]),
  );
  for await (const page of pages) {
    for (const object of page.Contents ?? []) yield infoOf(object);
  }
}

function infoOf(object: _Object): ObjectInfo {
  return {
    key: object.Key ?? "",
    sizeBytes: object.Size ?? 0,
    modifiedAtMs: object.LastModified?.getTime() ?? 0,
  };
}
