import type { CliContext } from "../cli-context.ts";
/** Hands over to the gateway's key program: the gateway alone knows how its file is written. */
export declare function runKeys(context: CliContext, args: readonly string[]): Promise<void>;
//# sourceMappingURL=keys.d.ts.map