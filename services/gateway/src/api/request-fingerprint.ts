import { createHash } from "node:crypto";

/** SHA-256 over a request's fields and its file as sent: equal for a repeated request. */
export function requestFingerprint(
  parsed: Readonly<Record<string, string | number>>,
  file: Uint8Array | undefined,
): string {
  const fields = Object.entries(parsed).sort(([a], [b]) => (a < b ? -1 : 1));
  const digest = file ? createHash("sha256").update(file).digest("hex") : null;
  return createHash("sha256")
    .update(JSON.stringify([fields, digest]))
    .digest("hex");
}
