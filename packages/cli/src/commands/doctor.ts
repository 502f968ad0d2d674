import { resolve } from "node:path";
import type { CliContext } from "../cli-context.ts";
import { checkModel } from "../doctor/check-model.ts";
import { checkModules } from "../doctor/check-modules.ts";
import { checkSurroundings } from "../doctor/check-surroundings.ts";
import { renderFinding } from "../doctor/finding.ts";

/** Prints a line for everything that Kinora needs; exit code 1 when something is missing. */
export async function runDoctor(context: CliContext): Promise<void> {
  const { env, workingDir } = context;
  const dataDir = resolve(workingDir, env["KINORA_DATA_DIR"] || "data");
  const findings = [
    ...(await checkModules(env)),
    await checkModel(env, workingDir),
    ...(await checkSurroundings(env, dataDir)),
  ];
  for (const finding of findings) context.print(renderFinding(finding));
  const missing = findings.filter(({ ok }) => !ok).length;
  context.print(missing === 0 ? "Everything is here." : `${missing} of ${findings.length} missing.`);
  if (missing > 0) context.setExitCode(1);
}
