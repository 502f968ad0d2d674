import type { Readable } from "node:stream";
import { AppError, codeOf } from "@kinora/errors";
import type { GetOptions, ObjectStore } from "@kinora/storage";
import type { ArtifactRef } from "../job-result.ts";

/**
 * The bytes of a file that a record names, or a range of them. Throws `artifact_corrupt` when they
 * are gone or have another length: the record promised them.
 */
export async function openArtifact(
  store: ObjectStore,
  artifact: ArtifactRef,
  options: GetOptions,
): Promise<Readable> {
  const corrupt = (reason: string, cause?: unknown) =>
    // The store's key would tell how tenants are laid out; the digest names the file as well.
    new AppError("artifact_corrupt", { key: artifact.sha256, reason }, { cause });
  const opened = await store.open(artifact.key, options).catch((cause: unknown) => {
    throw codeOf(cause) === "object_not_found" ? corrupt("it is gone.", cause) : cause;
  });
  if (opened.info.sizeBytes === artifact.sizeBytes) return opened.body;
  opened.body.destroy();
  throw corrupt(`it has ${opened.info.sizeBytes} bytes in place of ${artifact.sizeBytes}.`);
}
