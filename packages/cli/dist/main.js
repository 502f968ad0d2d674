import { AppError, errorMessage } from "@kinora/errors";
import { CommanderError } from "commander";
import { createProgram } from "./create-program.js";
const EXIT_INTERRUPTED = 130;
const interrupt = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"]) {
    process.on(signal, () => {
        // Whoever presses twice does not want to wait for an orderly end.
        if (interrupt.signal.aborted)
            process.exit(EXIT_INTERRUPTED);
        interrupt.abort(new AppError("cancelled"));
    });
}
const context = {
    env: process.env,
    workingDir: process.env["INIT_CWD"] ?? process.cwd(),
    isTerminal: process.stderr.isTTY,
    signal: interrupt.signal,
    stderr: process.stderr,
    print: (line) => void process.stdout.write(`${line}\n`),
    note: (line) => void process.stderr.write(`${line}\n`),
    setExitCode: (code) => {
        process.exitCode = code;
    },
};
try {
    await createProgram(context).parseAsync(process.argv);
}
catch (error) {
    process.exitCode = report(error);
}
/** One sentence for people; a stack only for what is a bug. */
function report(error) {
    // commander has said already what was wrong.
    if (error instanceof CommanderError)
        return error.exitCode;
    if (interrupt.signal.aborted)
        return EXIT_INTERRUPTED;
    context.note(error instanceof AppError ? error.message : describeSurprise(error));
    return 1;
}
function describeSurprise(error) {
    if (process.env["KINORA_LOG_LEVEL"] === "debug" && error instanceof Error)
        return error.stack ?? error.message;
    return errorMessage(error);
}
//# sourceMappingURL=main.js.map