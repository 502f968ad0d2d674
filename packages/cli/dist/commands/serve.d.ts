import type { CliContext } from "../cli-context.ts";
/** Runs the five processes until Ctrl-C or SIGTERM; logs to stderr, the ready line to stdout. */
export declare function runServe(context: CliContext): Promise<void>;
//# sourceMappingURL=serve.d.ts.map