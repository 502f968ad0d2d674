declare const WORKERS: readonly ["t2i", "i2v", "edit", "encoder"];
/** How to run the five processes on this machine. */
export interface StackOptions {
    /** Settings for all of them; those of the stack are added. */
    readonly env: Readonly<Record<string, string | undefined>>;
    /** SQLite, files and the engine lock; absolute. */
    readonly dataDir: string;
    /** File descriptor for everybody's log. */
    readonly logFd: number;
    readonly onEvent: (event: string) => void;
}
/** Where a running stack answers. */
export interface StackAddresses {
    /** For example `http://127.0.0.1:8080`. */
    readonly http: string;
    /** For example `127.0.0.1:9090`. */
    readonly grpc: string;
    /** `HOST:PORT` of each service behind the gateway. */
    readonly services: Readonly<Record<(typeof WORKERS)[number], string>>;
}
/** The gateway and its four services, as containers run them, on one machine. */
export interface Stack {
    /** Starts the services, then the gateway; throws after stopping all when one cannot start. */
    start(): Promise<StackAddresses>;
    /** The processes of this moment by service name. */
    pids(): Readonly<Record<string, number | undefined>>;
    /** Stops the gateway first, so that no job is begun that nobody serves. */
    stop(): Promise<void>;
}
/** Makes a stack; nothing runs before `start`. */
export declare function createStack(options: StackOptions): Stack;
/** The repository's folder, from src/ as from dist/. */
export declare const ROOT: string;
export {};
//# sourceMappingURL=create-stack.d.ts.map