import { createHash } from "node:crypto";
import { isAbsolute } from "node:path";
import { AppError } from "@kinora/errors";
import { fileDigest } from "./file-digest.ts";
import type { FolderFile } from "./folder-files.ts";

/** Name of the file that says what a model folder must hold. */
export const MANIFEST = "manifest.json";

/** manifest.json: every other file of the folder, and the digest of them all. */
export interface Manifest {
  readonly files: Readonly<Record<string, ManifestEntry>>;
  readonly digest: string;
}

/** What a file must be. */
interface ManifestEntry {
  readonly sha256: string;
  readonly bytes: number;
}

const SHA256 = /^[0-9a-f]{64}$/;

/** Throws AppError `model_invalid` with one sentence that names the file and what was expected. */
export function refuse(model: string, reason: string): never {
  throw new AppError("model_invalid", { model, reason });
}

/** Digest of a whole folder: sha256 of the lines "path sha256\n", sorted. */
export function folderDigest(digests: ReadonlyMap<string, string>): string {
  const lines = [...digests].map(([rel, sha256]) => `${rel} ${sha256}\n`).sort();
  return createHash("sha256").update(lines.join("")).digest("hex");
}

/** Turns a parsed manifest.json into a Manifest whose paths all lie inside the folder; refuses everything else. */
export function parseManifest(model: string, value: unknown): Manifest {
  const { files, digest } = isRecord(value) ? value : {};
  if (!isRecord(files)) refuse(model, `${MANIFEST} must have an object "files".`);
  if (typeof digest !== "string" || !SHA256.test(digest)) {
    refuse(model, `${MANIFEST} must have a "digest" of 64 hexadecimal digits.`);
  }
  for (const [rel, entry] of Object.entries(files)) {
    if (!isInside(rel))
      refuse(model, `${MANIFEST} names ${JSON.stringify(rel)}, which is not a path inside the folder.`);
    if (!isEntry(entry)) refuse(model, `${MANIFEST} must give ${rel} a "sha256" and its "bytes".`);
  }
  return { files: files as Manifest["files"], digest };
}

/** Whether a path written in a manifest or a graph stays inside the folder it starts from. */
export function isInside(rel: string): boolean {
  if (rel === "" || isAbsolute(rel) || /[\\\0:]/.test(rel)) return false;
  return rel.split("/").every((part) => part !== "" && part !== "." && part !== "..");
}

/** Checks that a folder holds exactly what its manifest says; refuses by the first difference. */
export async function verifyFiles(
  model: string,
  files: readonly FolderFile[],
  manifest: Manifest,
): Promise<void> {
  const found = new Set(files.map(({ rel }) => rel));
  for (const rel of Object.keys(manifest.files).sort()) {
    if (!found.has(rel)) refuse(model, `${rel} is missing; ${MANIFEST} lists it.`);
  }
  // Sizes first: they say at once what a half-finished download lacks.
  for (const { rel, sizeBytes } of files) {
    const entry = Object.hasOwn(manifest.files, rel) ? manifest.files[rel] : undefined;
    if (entry === undefined) refuse(model, `${rel} is not listed in ${MANIFEST}; remove it.`);
    if (entry.bytes !== sizeBytes)
      refuse(model, `${rel} has ${sizeBytes} bytes; ${MANIFEST} says ${entry.bytes}.`);
  }
  for (const file of files) {
    const digest = await fileDigest(file);
    const expected = manifest.files[file.rel]?.sha256;
    if (digest !== expected) refuse(model, `${file.rel} has sha256 ${digest}; ${MANIFEST} says ${expected}.`);
  }
  const digests = new Map(Object.entries(manifest.files).map(([rel, { sha256 }]) => [rel, sha256]));
  const digest = folderDigest(digests);
  if (digest !== manifest.digest) {
    refuse(model, `${MANIFEST} has digest ${manifest.digest}; its own files give ${digest}.`);
  }
}

function isEntry(value: unknown): value is ManifestEntry {
  if (!isRecord(value)) return false;
  const { sha256, bytes } = value as Record<string, unknown>;
  return (
    typeof sha256 === "string" && SHA256.test(sha256) && Number.isSafeInteger(bytes) && Number(bytes) >= 0
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
