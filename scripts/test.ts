import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { CHECK_STEPS } from "./check-steps.ts";
import { MissingToolError } from "./debian-packages.ts";
import { provision } from "./provision.ts";
import { ROOT, runCommand, runSteps } from "./step.ts";

// `npm test`: provisions, checks, runs every test. Arguments go to vitest (npm test -- packages/jobs).

const REPORT = join(ROOT, ".cache", "vitest.json");

/** What this program reads of vitest's JSON report. */
interface TestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly { readonly status: string; readonly assertionResults: readonly unknown[] }[];
}

async function main(vitestArgs: readonly string[]): Promise<number> {
  const path = await provision(process.env);
  // Whoever asks for a part of the tests is at work on it: the checks are then a command of their own.
  const failedChecks = vitestArgs.length > 0 ? 0 : await runSteps(CHECK_STEPS);
  await rm(REPORT, { force: true });
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${REPORT}`];
  const tests = await runCommand("vitest", ["run", ...reporters, ...vitestArgs], {
    inherit: true,
    env: { PATH: path },
  });
  const skipped = await printTotals(failedChecks);
  // Nothing is skipped silently: a skipped test is a failed run.
  return failedChecks > 0 || skipped > 0 || tests.exitCode !== 0 ? 1 : 0;
}

/** Ends with `N passed, N failed`, checks and files that could not be loaded counted; returns the skipped. */
async function printTotals(failedChecks: number): Promise<number> {
  const report = JSON.parse(await readFile(REPORT, "utf8")) as TestReport;
  const unloaded = report.testResults.filter(
    (file) => file.status === "failed" && file.assertionResults.length === 0,
  );
  const skipped = report.numPendingTests + report.numTodoTests;
  const failed = report.numFailedTests + unloaded.length + failedChecks;
  const passed = report.numPassedTests;
  console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
  return skipped;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof MissingToolError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
