import type { ReadyDetails } from "@kinora/runtime";
/** One service process to keep alive. */
export interface SupervisedOptions {
    readonly name: string;
    /** Its main file. */
    readonly file: string;
    readonly env: Readonly<Record<string, string | undefined>>;
    /** Environment that keeps a restarted process where its first life said it was. */
    readonly pinPorts: (ready: ReadyDetails) => Readonly<Record<string, string>>;
    /** File descriptor for its stdout and stderr. */
    readonly outputFd: number;
    /** Hears of deaths and restarts. */
    readonly onEvent: (event: string) => void;
}
/** A process that is started again whenever it dies, until it is stopped. */
export interface SupervisedProcess {
    readonly name: string;
    /** The process of the current life, if one runs. */
    readonly pid: number | undefined;
    /** Resolves with what the first life reported; throws `unavailable` when it dies before. */
    start(): Promise<ReadyDetails>;
    /** SIGTERM, then SIGKILL after `graceMs`; nothing is started again. */
    stop(graceMs: number): Promise<void>;
}
/** Makes a supervised process; nothing runs before `start`. */
export declare function createSupervisedProcess(options: SupervisedOptions): SupervisedProcess;
//# sourceMappingURL=supervised-process.d.ts.map