import type { CliContext } from "../cli-context.ts";
/** Options of `kinora demo`. */
export interface DemoOptions {
    readonly image?: string;
    readonly edit?: string;
    readonly seed?: bigint;
    readonly out?: string;
}
/** Starts everything on free ports, makes one clip, stops everything, however it ends. */
export declare function runDemo(context: CliContext, prompt: string | undefined, options: DemoOptions): Promise<void>;
//# sourceMappingURL=demo.d.ts.map