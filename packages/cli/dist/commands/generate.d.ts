import type { CliContext } from "../cli-context.ts";
/** Options of `kinora generate`. */
export interface GenerateOptions {
    readonly image?: string;
    readonly seed?: bigint;
    readonly out?: string;
    readonly grpc?: string;
    readonly apiKey?: string;
    readonly model?: string;
}
/** Makes one clip on a running server. */
export declare function runGenerate(context: CliContext, prompt: string | undefined, options: GenerateOptions): Promise<void>;
//# sourceMappingURL=generate.d.ts.map