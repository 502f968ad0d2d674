import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../stack/create-stack.js";
/** Hands over to the gateway's key program: the gateway alone knows how its file is written. */
export async function runKeys(context, args) {
    const source = join(ROOT, "services/gateway/src/keys-main.ts");
    const isSource = import.meta.filename.endsWith(".ts") && existsSync(source);
    const file = isSource ? source : join(ROOT, "services/gateway/dist/keys-main.js");
    const flags = [
        "--disable-warning=ExperimentalWarning",
        ...(isSource ? ["--conditions=kinora:source"] : []),
    ];
    const child = spawn(process.execPath, [...flags, file, ...args], {
        cwd: context.workingDir,
        env: context.env,
        stdio: "inherit",
    });
    const [code] = (await once(child, "exit"));
    // The key program has said what was wrong.
    context.setExitCode(code ?? 1);
}
//# sourceMappingURL=keys.js.map