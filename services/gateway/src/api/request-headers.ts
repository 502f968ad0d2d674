import type { FastifyRequest } from "fastify";
import Type from "typebox";

/** The header by which a caller names a request, as routes describe it. */
export const IDEMPOTENCY_HEADERS = Type.Object({
  "idempotency-key": Type.Optional(
    Type.String({
      maxLength: 255,
      description: "Same key and same request within 24 hours: the same result.",
    }),
  ),
});

/** Which try this is of an SDK that counts them; undefined for other callers. */
export function attemptOf(request: FastifyRequest): number | undefined {
  const count = headerOf(request, "x-stainless-retry-count");
  return count !== undefined && /^\d{1,3}$/.test(count) ? Number(count) : undefined;
}

/** A header as one string. */
export function headerOf(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(", ") : value;
}
