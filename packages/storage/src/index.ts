export {
  type ArtifactRef,
  type ReadableArtifact,
  readArtifact,
  type WriteArtifactOptions,
  writeArtifact,
} from "./artifacts.ts";
export { createObjectStore, type ObjectStoreConfig, storageConfigFields } from "./create-object-store.ts";
export { createFilesystemStore, type FilesystemStoreOptions } from "./filesystem/create-filesystem-store.ts";
export { assertObjectKey, assertObjectPrefix, MAX_KEY_CHARS } from "./object-key.ts";
export type { GetOptions, ObjectInfo, ObjectStore, PutOptions, PutResult } from "./object-store.ts";
export { createS3Store, type S3StoreOptions } from "./s3/create-s3-store.ts";
export { sha256Of } from "./sha256-of.ts";
