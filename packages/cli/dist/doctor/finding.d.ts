/** What one check of `kinora doctor` found. */
export interface Finding {
    readonly subject: string;
    readonly ok: boolean;
    /** What is there, or what is wrong. */
    readonly detail: string;
    /** How to get what is missing. */
    readonly remedy?: string;
}
/** A check that answers with `detail` when all is well and throws when not. */
export declare function check(subject: string, remedy: string, probe: () => Promise<string>): Promise<Finding>;
/** One line for people. */
export declare function renderFinding({ subject, ok, detail, remedy }: Finding): string;
//# sourceMappingURL=finding.d.ts.map