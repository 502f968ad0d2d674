import { resolve } from "node:path";
import { checkModel } from "../doctor/check-model.js";
import { checkModules } from "../doctor/check-modules.js";
import { checkSurroundings } from "../doctor/check-surroundings.js";
import { renderFinding } from "../doctor/finding.js";
/** Prints a line for everything that Kinora needs; exit code 1 when something is missing. */
export async function runDoctor(context) {
    const { env, workingDir } = context;
    const dataDir = resolve(workingDir, env["KINORA_DATA_DIR"] || "data");
    const findings = [
        ...(await checkModules(env)),
        await checkModel(env, workingDir),
        ...(await checkSurroundings(env, dataDir)),
    ];
    for (const finding of findings)
        context.print(renderFinding(finding));
    const missing = findings.filter(({ ok }) => !ok).length;
    context.print(missing === 0 ? "Everything is here." : `${missing} of ${findings.length} missing.`);
    if (missing > 0)
        context.setExitCode(1);
}
//# sourceMappingURL=doctor.js.map