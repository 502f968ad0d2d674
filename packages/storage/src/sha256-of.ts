import { createHash } from "node:crypto";

/** SHA-256 of bytes in memory, lower-case hex: what artifact references carry. */
export function sha256Of(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
