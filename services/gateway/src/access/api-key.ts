import { createHash, randomBytes, randomInt } from "node:crypto";

const ID_ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789";
const ID_LENGTH = 8;
const KEY = /^kinora_([a-z0-9]{8})_[A-Za-z0-9_-]{43}$/;

/** A new key: shown once, stored only as a digest. */
export interface NewApiKey {
  readonly id: string;
  /** kinora_ID_SECRET, with 32 random bytes in base64url. */
  readonly key: string;
  readonly sha256: string;
}

/** Draws a key. The fixed prefix lets secret scanners find a leaked one. */
export function drawApiKey(): NewApiKey {
  const id = Array.from({ length: ID_LENGTH }, () => ID_ALPHABET[randomInt(ID_ALPHABET.length)]).join("");
  const key = `kinora_${id}_${randomBytes(32).toString("base64url")}`;
  return { id, key, sha256: digestOf(key).toString("hex") };
}

/** The id inside a key, or undefined for text that is no key. */
export function keyId(key: string): string | undefined {
  return KEY.exec(key)?.[1];
}

/** SHA-256 of a key: 256 random bits need no slow hash. */
export function digestOf(key: string): Buffer {
  return createHash("sha256").update(key).digest();
}
