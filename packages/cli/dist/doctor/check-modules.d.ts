import type { Environment } from "@kinora/runtime";
import { type Finding } from "./finding.ts";
/** Whether this Node runs the sources, the native modules load here, and there is an ffmpeg. */
export declare function checkModules(env: Environment): Promise<Finding[]>;
//# sourceMappingURL=check-modules.d.ts.map