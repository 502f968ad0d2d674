import { writeGeneratedFiles } from "./generated-files.ts";

// `npm run generate`: contracts from proto/, docs/errors.md, the README's table, docs/api/openapi.json.

for (const path of await writeGeneratedFiles()) console.log(`written ${path}`);
