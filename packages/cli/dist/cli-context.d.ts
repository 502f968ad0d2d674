/** What commands know of the process that runs them; main.ts makes it from the real one. */
export interface CliContext {
    readonly env: Readonly<Record<string, string | undefined>>;
    /** The folder that relative paths start from: where the user stands, not where npm put us. */
    readonly workingDir: string;
    /** Whether somebody looks at a terminal: bars are drawn, otherwise plain lines are written. */
    readonly isTerminal: boolean;
    /** Aborts at the first Ctrl-C or SIGTERM. */
    readonly signal: AbortSignal;
    /** Where bars and logs go. */
    readonly stderr: NodeJS.WritableStream;
    /** Writes a line to stdout: results only. */
    print(line: string): void;
    /** Writes a line to stderr: everything else. */
    note(line: string): void;
    /** For a failure that has been told already; others are thrown. */
    setExitCode(code: number): void;
}
//# sourceMappingURL=cli-context.d.ts.map