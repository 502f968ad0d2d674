import { existsSync } from "node:fs";
import { join } from "node:path";
import { writeGeneratedFiles } from "./generated-files.ts";
import { commandStep, ROOT, runSteps } from "./step.ts";

// `npm run generate`: contracts from proto/, docs/errors.md, the README's table, the OpenAPI page.

for (const path of await writeGeneratedFiles()) console.log(`written ${path}`);

const openapi = "scripts/generate-openapi.ts";
if (existsSync(join(ROOT, openapi))) {
  const failed = await runSteps([commandStep("openapi", "node", "--conditions=kinora:source", openapi)]);
  process.exitCode = failed > 0 ? 1 : 0;
}
