import type { FastifyRequest } from "fastify";

/** Where the caller reaches this API: as configured, otherwise as the request says; without a slash at the end. */
export function publicBaseUrl({ protocol, host }: FastifyRequest, configured: string | undefined): string {
  return (configured ?? `${protocol}://${host}`).replace(/\/+$/, "");
}
