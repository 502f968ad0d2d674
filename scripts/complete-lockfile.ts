import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type LockPackages, missingEntries, platformEntry } from "./lockfile.ts";
import { ROOT } from "./step.ts";

// After `npm install`: adds the binaries of other platforms that the registry did not offer, without
// their digests, so that `npm ci` accepts the file on every platform.

const path = join(ROOT, "package-lock.json");
const lock = JSON.parse(await readFile(path, "utf8")) as { packages: LockPackages };
const missing = missingEntries(lock.packages);
const added = missing.map((entry) => [`node_modules/${entry.name}`, platformEntry(entry)] as const);
const packages = Object.entries({ ...lock.packages, ...Object.fromEntries(added) });
packages.sort(([a], [b]) => a.localeCompare(b, "en"));
await writeFile(path, `${JSON.stringify({ ...lock, packages: Object.fromEntries(packages) }, null, 2)}\n`);
console.log(`${missing.length} entries added`);
