import { join, resolve } from "node:path";
import { openModelFolder } from "@kinora/inference";
import { ROOT } from "../stack/create-stack.js";
import { check } from "./finding.js";
/** Whether the default model is there and its files are the ones that its manifest lists. */
export function checkModel(env, workingDir) {
    const given = env["KINORA_MODELS_DIR"];
    const modelsDir = given ? resolve(workingDir, given) : join(ROOT, "models");
    const name = env["KINORA_DEFAULT_MODEL"] || "pocket";
    const remedy = "git checkout models/pocket, or set KINORA_MODELS_DIR and KINORA_DEFAULT_MODEL";
    return check("model", remedy, async () => {
        const { path, digest } = await openModelFolder(modelsDir, name);
        return `${name}, verified, ${digest.slice(0, 12)} (${path})`;
    });
}
//# sourceMappingURL=check-model.js.map