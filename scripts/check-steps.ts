import { staleGeneratedFiles } from "./generated-files.ts";
import { commandStep, type Step } from "./step.ts";

/** Everything that a commit must satisfy without running the product. */
export const CHECK_STEPS: readonly Step[] = [
  commandStep("format", "biome", "ci", "--colors=off", "."),
  commandStep("proto lint", "buf", "lint"),
  commandStep("proto format", "buf", "format", "--diff", "--exit-code"),
  commandStep("types", "tsc", "-b"),
  commandStep("lint", "oxlint", "--type-aware", "--deny-warnings"),
  commandStep("unused code", "knip", "--no-config-hints"),
  commandStep("unused dependencies", "knip", "--strict", "--no-config-hints"),
  commandStep("architecture", "vitest", "run", "--project", "unit", "tests/architecture"),
  { name: "generated files", run: assertGeneratedFilesFresh },
];

async function assertGeneratedFilesFresh(): Promise<void> {
  const stale = await staleGeneratedFiles();
  if (stale.length > 0) {
    throw new Error(`Out of date; run npm run generate and commit the result:\n${stale.join("\n")}`);
  }
}
