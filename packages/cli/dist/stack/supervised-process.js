import { fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { AppError } from "@kinora/errors";
const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 10_000;
/** A process that lived this long has earned a quick restart. */
const HEALTHY_MS = 30_000;
/** Makes a supervised process; nothing runs before `start`. */
export function createSupervisedProcess(options) {
    const { name } = options;
    const stopping = new AbortController();
    let child;
    let ports = {};
    let failures = 0;
    const launch = () => {
        const startedAt = Date.now();
        const launched = forkService(options, ports);
        child = launched;
        launched.once("exit", (code, signal) => {
            child = undefined;
            if (stopping.signal.aborted || Object.keys(ports).length === 0)
                return;
            if (Date.now() - startedAt > HEALTHY_MS)
                failures = 0;
            options.onEvent(`${name} ended (${signal ?? `exit code ${code}`}); starting it again`);
            void relaunch();
        });
        return launched;
    };
    const relaunch = async () => {
        const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** failures, LONGEST_PAUSE_MS);
        failures += 1;
        await delay(pauseMs, undefined, { signal: stopping.signal }).catch(() => undefined);
        if (!stopping.signal.aborted)
            launch();
    };
    return {
        name,
        get pid() {
            return child?.pid;
        },
        async start() {
            const details = await firstReady(name, launch());
            ports = options.pinPorts(details);
            return details;
        },
        async stop(graceMs) {
            stopping.abort();
            if (child !== undefined)
                await endProcess(child, graceMs);
        },
    };
}
function forkService(options, ports) {
    const source = options.file.endsWith(".ts") ? ["--conditions=kinora:source"] : [];
    return fork(options.file, [], {
        env: { ...options.env, ...ports },
        execArgv: ["--disable-warning=ExperimentalWarning", ...source],
        stdio: ["ignore", options.outputFd, options.outputFd, "ipc"],
        // A group of its own: Ctrl-C reaches the supervisor only, which then stops the services in order.
        detached: true,
    });
}
function firstReady(name, child) {
    return new Promise((resolve, reject) => {
        child.on("message", (message) => {
            if (isReadyMessage(message))
                resolve(message);
        });
        child.once("error", reject);
        child.once("exit", (code, signal) => {
            reject(new AppError("unavailable", {
                what: `The ${name} service`,
                reason: `it ended while starting (${signal ?? `exit code ${code}`}); its log says why`,
            }));
        });
    });
}
function isReadyMessage(message) {
    return typeof message === "object" && message !== null && "type" in message && message.type === "ready";
}
async function endProcess(child, graceMs) {
    const ended = once(child, "exit");
    child.kill("SIGTERM");
    const timer = setTimeout(() => child.kill("SIGKILL"), graceMs);
    await ended;
    clearTimeout(timer);
}
//# sourceMappingURL=supervised-process.js.map