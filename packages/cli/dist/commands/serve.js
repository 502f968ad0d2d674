import { mkdir } from "node:fs/promises";
import { resolve } from "node:path";
import { createStack } from "../stack/create-stack.js";
const STDERR = 2;
/** Runs the five processes until Ctrl-C or SIGTERM; logs to stderr, the ready line to stdout. */
export async function runServe(context) {
    const { env, workingDir, signal } = context;
    const dataDir = resolve(workingDir, env["KINORA_DATA_DIR"] || "data");
    await mkdir(dataDir, { recursive: true });
    const stack = createStack({
        env: { KINORA_LOG_PRETTY: context.isTerminal ? "1" : "0", ...env },
        dataDir,
        logFd: STDERR,
        onEvent: context.note,
    });
    const interrupted = new Promise((resolvePromise) => {
        if (signal.aborted)
            resolvePromise();
        signal.addEventListener("abort", () => resolvePromise(), { once: true });
    });
    // An interrupt while starting stops what has started, like one that comes later.
    const started = stack.start().then(({ http, grpc }) => context.print(`ready ${http} grpc ${grpc}`));
    try {
        await Promise.race([started, interrupted]);
        await interrupted;
    }
    finally {
        started.catch(() => undefined);
        await stack.stop();
    }
}
//# sourceMappingURL=serve.js.map