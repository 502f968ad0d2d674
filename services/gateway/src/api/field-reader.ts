import type { FieldEncoding, FieldValue } from "./parse-value.ts";

/** A request as it came in by REST or gRPC, before any field is judged. */
export interface RawRequest {
  /** Fields by name; null and undefined count as not sent. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** Bytes of the uploaded file, under the one name that the route takes files by. */
  readonly file?: Uint8Array | undefined;
  readonly encoding: FieldEncoding;
}

/** Reads a request's fields by name and remembers what they parsed to, for its fingerprint. */
export interface FieldReader {
  /** Names of the fields that were sent. */
  readonly names: readonly string[];
  /** What has been read so far. */
  readonly parsed: Readonly<Record<string, string | number>>;
  /** A field as sent. */
  raw(name: string): unknown;
  /** A field's value; undefined when it was not sent. Throws what `parse` throws. */
  read<T extends string | number>(name: string, parse: (field: FieldValue) => T): T | undefined;
}

/** Reads `request`. */
export function createFieldReader({ fields, encoding }: RawRequest): FieldReader {
  const parsed: Record<string, string | number> = {};
  const raw = (name: string) => (Object.hasOwn(fields, name) ? (fields[name] ?? undefined) : undefined);
  return {
    parsed,
    raw,
    names: Object.keys(fields).filter((name) => raw(name) !== undefined),
    read(name, parse) {
      const value = raw(name);
      if (value === undefined) return undefined;
      const result = parse({ name, value, encoding });
      parsed[name] = result;
      return result;
    },
  };
}
