import { open, readFile, rename, rm } from "node:fs/promises";
import { AppError } from "@kinora/errors";
import Type, { type Static } from "typebox";
import { Value } from "typebox/value";
import { drawApiKey } from "./api-key.ts";

// The tenant is part of object keys and log lines: plain names only.
const TENANT = "^[a-z0-9][a-z0-9-]{0,62}$";
const INSTANT = "^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(\\.\\d+)?Z$";

const KeyRecord = Type.Object(
  {
    id: Type.String({ pattern: "^[a-z0-9]{8}$" }),
    tenant: Type.String({ pattern: TENANT }),
    sha256: Type.String({ pattern: "^[0-9a-f]{64}$" }),
    created_at: Type.String({ pattern: INSTANT }),
    expires_at: Type.Optional(Type.String({ pattern: INSTANT })),
    revoked_at: Type.Optional(Type.String({ pattern: INSTANT })),
    weight: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 1000 })),
  },
  { additionalProperties: false },
);

/** One key as the file holds it: times in ISO 8601 UTC, `weight` the tenant's share of the queue. */
export type KeyRecord = Static<typeof KeyRecord>;

/** What a new key is for. */
export interface CreateKeyOptions {
  readonly tenant: string;
  readonly expiresAt?: Date;
  readonly weight?: number;
}

/**
 * Reads a keys file: JSON lines, or one JSON array. Throws `config_invalid` naming the line at fault.
 * A missing file is an error of the file system (ENOENT), left to the caller.
 */
export async function readKeysFile(path: string): Promise<KeyRecord[]> {
  const text = await readFile(path, "utf8");
  return parseKeys(path, text);
}

/** Adds a key and returns it in clear: the only time it can be seen. Makes the file when missing. */
export async function createKey(
  path: string,
  { tenant, expiresAt, weight }: CreateKeyOptions,
): Promise<{ key: string; record: KeyRecord }> {
  const { id, key, sha256 } = drawApiKey();
  const record: KeyRecord = {
    id,
    tenant,
    sha256,
    created_at: new Date().toISOString(),
    ...(expiresAt ? { expires_at: expiresAt.toISOString() } : {}),
    ...(weight === undefined ? {} : { weight }),
  };
  assertRecord(path, record, "the new key");
  await changeKeys(path, (keys) => [...keys, record]);
  return { key, record };
}

/** Marks a key as revoked; gateways refuse it within five seconds. Throws `invalid_request` for an unknown id. */
export async function revokeKey(path: string, id: string): Promise<KeyRecord> {
  let revoked: KeyRecord | undefined;
  await changeKeys(path, (keys) =>
    keys.map((key) => {
      if (key.id !== id) return key;
      revoked = { ...key, revoked_at: key.revoked_at ?? new Date().toISOString() };
      return revoked;
    }),
  );
  if (revoked) return revoked;
  throw new AppError("invalid_request", { reason: `There is no key with id ${id} in ${path}.` });
}

/** All keys of a file, without their secrets, which it does not hold. A missing file has none. */
export async function listKeys(path: string): Promise<KeyRecord[]> {
  try {
    return await readKeysFile(path);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

/** Whether an error says that there is no such file. */
export function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}

function parseKeys(path: string, text: string): KeyRecord[] {
  const trimmed = text.trim();
  const entries = trimmed.startsWith("[")
    ? parseArray(path, trimmed)
    : trimmed
        .split("\n")
        .map((line, index) => ({ where: `line ${index + 1}`, line: line.trim() }))
        .filter(({ line }) => line !== "")
        .map(({ where, line }) => ({ where, content: parseJson(path, line, where) }));
  const ids = new Set<string>();
  return entries.map(({ where, content }) => {
    const record = assertRecord(path, content, where);
    if (ids.has(record.id)) throw invalid(path, `${where}: the id ${record.id} is there twice`);
    ids.add(record.id);
    return record;
  });
}

function parseArray(path: string, text: string): { where: string; content: unknown }[] {
  const content = parseJson(path, text, "the array");
  if (!isArray(content)) throw invalid(path, "it must hold a JSON array or JSON lines");
  return content.map((entry, index) => ({ where: `entry ${index + 1}`, content: entry }));
}

function isArray(content: unknown): content is readonly unknown[] {
  return Array.isArray(content);
}

function parseJson(path: string, text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw invalid(path, `${where} is not JSON`, cause);
  }
}

function assertRecord(path: string, content: unknown, where: string): KeyRecord {
  if (Value.Check(KeyRecord, content)) return content;
  const [first] = Value.Errors(KeyRecord, content);
  throw invalid(path, `${where}: ${first?.instancePath || "it"} ${first?.message ?? "is wrong"}`);
}

async function changeKeys(path: string, change: (keys: KeyRecord[]) => KeyRecord[]): Promise<void> {
  const lock = `${path}.lock`;
  const held = await open(lock, "wx").catch((cause: unknown) => {
    throw new AppError(
      "config_invalid",
      { reason: `${lock} is there: another change is running.` },
      { cause },
    );
  });
  try {
    const keys = change(await listKeys(path));
    const partial = `${path}.partial`;
    const file = await open(partial, "w", 0o600);
    try {
      await file.writeFile(keys.map((key) => `${JSON.stringify(key)}\n`).join(""));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(partial, path);
  } finally {
    await held.close();
    await rm(lock, { force: true });
  }
}

function invalid(path: string, what: string, cause?: unknown): AppError {
  return new AppError("config_invalid", { reason: `Keys file ${path}: ${what}.` }, { cause });
}
