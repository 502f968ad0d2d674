import type { Environment } from "@kinora/runtime";
import { type Finding } from "./finding.ts";
/** Whether the default model is there and its files are the ones that its manifest lists. */
export declare function checkModel(env: Environment, workingDir: string): Promise<Finding>;
//# sourceMappingURL=check-model.d.ts.map