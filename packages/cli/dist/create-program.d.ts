import { Command } from "commander";
import type { CliContext } from "./cli-context.ts";
/** The command line: `kinora serve | demo | generate | doctor | keys`. */
export declare function createProgram(context: CliContext): Command;
//# sourceMappingURL=create-program.d.ts.map