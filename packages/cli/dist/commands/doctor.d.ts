import type { CliContext } from "../cli-context.ts";
/** Prints a line for everything that Kinora needs; exit code 1 when something is missing. */
export declare function runDoctor(context: CliContext): Promise<void>;
//# sourceMappingURL=doctor.d.ts.map