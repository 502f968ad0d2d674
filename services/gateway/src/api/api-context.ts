import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Credentials, Principal } from "../access/create-access.ts";
import type { ApiCore } from "./api-core.ts";
import type { ApiDeps } from "./api-ports.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** Who asks; set on every route under /v1 before its handler runs. */
    principal: Principal | null;
  }
}

/** What every route is given. */
export interface ApiContext extends ApiCore {
  readonly deps: ApiDeps;
  /** Aborts when the server closes: open event streams end. */
  readonly closing: AbortSignal;
}

/** Adds one route, or a few that belong together. */
export type AddRoute = (app: FastifyInstance, context: ApiContext) => void;

/** Who asks, on a route that requires it. */
export function principalOf(request: FastifyRequest): Principal {
  if (request.principal) return request.principal;
  throw new Error(`${request.routeOptions.url} does not authenticate. This is a bug.`);
}

/** The headers that decide who asks. */
export function credentialsOf({ headers }: FastifyRequest): Credentials {
  const { authorization, host, origin } = headers;
  return { authorization, host, origin };
}
