import { Metadata } from "@grpc/grpc-js";
import { AppError, ERROR_TABLE, type ErrorCode } from "@kinora/errors";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { errorFromMetadata, errorToStatus } from "./error-metadata.ts";

const anyText = fc.string({ unit: "binary", maxLength: 60 });
const anyError = fc
  .record({
    code: fc.constantFrom(...(Object.keys(ERROR_TABLE) as ErrorCode[])),
    fields: fc.dictionary(fc.string({ maxLength: 10 }), fc.oneof(anyText, fc.integer(), fc.boolean()), {
      maxKeys: 8,
      noNullPrototype: true,
    }),
    param: fc.option(fc.string({ unit: "grapheme", minLength: 1, maxLength: 40 }), { nil: undefined }),
  })
  .map(({ code, fields, param }) => new AppError(code, fields, { param }));

function bytesOf(metadata: Metadata): number {
  return Object.entries(metadata.getMap()).reduce(
    (sum, [name, value]) => sum + name.length + value.length,
    0,
  );
}

describe("error metadata", () => {
  test("every error comes back as it went, in printable ASCII", () => {
    fc.assert(
      fc.property(anyError, (sent) => {
        const { code, metadata } = errorToStatus(sent);
        for (const value of Object.values(metadata.getMap())) expect(value).toMatch(/^[\x20-\x7e]*$/);
        const received = errorFromMetadata(metadata, "cause");
        expect(code).toBe(ERROR_TABLE[sent.code].grpc);
        expect(received).toMatchObject({
          code: sent.code,
          fields: sent.fields,
          param: sent.param,
          message: sent.message,
          cause: "cause",
        });
      }),
    );
  });

  test("its trailers stay small, and its details can always be sent", () => {
    const long = fc.string({ unit: "binary", minLength: 500, maxLength: 3000 });
    const fields = fc.dictionary(fc.string({ maxLength: 300 }), long, { maxKeys: 40 });
    fc.assert(
      fc.property(fields, long, (extra, reason) => {
        const { metadata, details } = errorToStatus(new AppError("invalid_request", { reason, ...extra }));
        expect(bytesOf(metadata)).toBeLessThan(6000);
        expect(details.length).toBeLessThanOrEqual(1024);
        expect(() => encodeURI(details)).not.toThrow();
      }),
      { numRuns: 30 },
    );
  });

  test("metadata from elsewhere is no AppError, and a broken one does no harm", () => {
    expect(errorFromMetadata(new Metadata(), undefined)).toBeUndefined();
    const foreign = new Metadata();
    foreign.set("kinora-code", "toString");
    expect(errorFromMetadata(foreign, undefined)).toBeUndefined();
    for (const fields of ["{", "null", "[1]", '{"reason":{"deep":1},"id":"v"}']) {
      const broken = new Metadata();
      broken.set("kinora-code", "internal");
      broken.set("kinora-fields", fields);
      broken.set("kinora-param", "%E0%A4%A");
      expect(errorFromMetadata(broken, undefined)).toMatchObject({ code: "internal", param: "%E0%A4%A" });
    }
  });
});
