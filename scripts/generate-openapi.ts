import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { openApiDocument } from "../services/gateway/src/api/open-api-document.ts";

// `node --conditions=kinora:source scripts/generate-openapi.ts`: writes the API's description.
// open-api-document.test.ts fails when the committed one is older than the routes.

const path = join(import.meta.dirname, "..", "docs", "api", "openapi.json");
await mkdir(dirname(path), { recursive: true });
await writeFile(path, await openApiDocument());
console.log("written docs/api/openapi.json");
