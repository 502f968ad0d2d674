import { join } from "node:path";
import type { ConfigFields } from "@kinora/runtime";
import { createFilesystemStore } from "./filesystem/create-filesystem-store.ts";
import type { ObjectStore } from "./object-store.ts";
import { createS3Store } from "./s3/create-s3-store.ts";

/** Settings of the object store; spread them into `defineConfig`, beside `dataDir`. */
export const storageConfigFields = {
  s3Bucket: {
    env: "KINORA_S3_BUCKET",
    description: "Bucket of the artifacts. Unset: files under KINORA_DATA_DIR.",
    kind: "string",
    optional: true,
  },
  s3Endpoint: {
    env: "KINORA_S3_ENDPOINT",
    description: "URL of an S3 server other than AWS; credentials come from the AWS variables.",
    kind: "url",
    optional: true,
  },
  s3Region: {
    env: "AWS_REGION",
    description: "Region of the bucket. Unset: us-east-1 with an endpoint, else what the AWS profile says.",
    kind: "string",
    optional: true,
  },
  s3Prefix: {
    env: "KINORA_S3_PREFIX",
    description: 'Start of every key in the bucket, for example "kinora/".',
    kind: "string",
    optional: true,
  },
} as const satisfies ConfigFields;

/** What `createObjectStore` chooses by: the values of `storageConfigFields` and the data folder. */
export interface ObjectStoreConfig {
  readonly dataDir: string;
  readonly s3Bucket?: string | undefined;
  readonly s3Endpoint?: string | undefined;
  readonly s3Region?: string | undefined;
  readonly s3Prefix?: string | undefined;
}

/** The S3 store when a bucket is configured, otherwise the filesystem store in `dataDir`/objects. */
export function createObjectStore(config: ObjectStoreConfig): ObjectStore {
  const { s3Bucket, s3Endpoint, s3Region, s3Prefix } = config;
  if (s3Bucket === undefined) return createFilesystemStore({ root: join(config.dataDir, "objects") });
  return createS3Store({ bucket: s3Bucket, endpoint: s3Endpoint, region: s3Region, prefix: s3Prefix });
}
