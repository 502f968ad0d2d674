import { createLogger, createMetrics } from "@kinora/runtime";
import { createAccess } from "../access/create-access.ts";
import type { ApiDeps } from "./api-ports.ts";
import { createApi } from "./create-api.ts";

/** The API's description as JSON text, as docs/api/openapi.json holds it. Opens no store and no port. */
export async function openApiDocument(): Promise<string> {
  const unused = (name: string) => (): never => {
    throw new Error(`The API's description uses ${name}. This is a bug.`);
  };
  // Routes only touch these when they answer a request, and none is sent here.
  const port = <T extends object>(name: string) => new Proxy({} as T, { get: unused(name) });
  const logger = createLogger({ service: "openapi", level: "silent" });
  const app = createApi({
    jobs: port<ApiDeps["jobs"]>("the job store"),
    store: port<ApiDeps["store"]>("the object store"),
    models: port<ApiDeps["models"]>("the models"),
    access: await createAccess({ logger }),
    logger,
    metrics: createMetrics({ service: "openapi" }),
    readiness: unused("readiness"),
  });
  await app.ready();
  const document = app.swagger();
  await app.close();
  return `${JSON.stringify(document, null, 2)}\n`;
}
