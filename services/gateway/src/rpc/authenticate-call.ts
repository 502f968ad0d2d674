import type { RpcContext } from "@kinora/runtime";
import type { Principal } from "../access/create-access.ts";
import type { ApiDeps } from "../api/api-ports.ts";

/** The caller's key travels as `authorization` metadata. gRPC has no Host header that a page could forge. */
export function authenticateCall({ access }: ApiDeps, metadata: RpcContext["metadata"]): Promise<Principal> {
  const [authorization, origin] = [metadata.get("authorization"), metadata.get("origin")];
  return access.authenticate({ authorization, origin, host: metadata.get("host") ?? "localhost" });
}
