import { availableParallelism } from "node:os";
import { join } from "node:path";
import { AppError } from "@kinora/errors";
import { createSupervisedProcess } from "./supervised-process.js";
const WORKERS = ["t2i", "i2v", "edit", "encoder"];
/** How long the processes may take to finish what they do; a job in flight goes on after a restart. */
const GRACE_MS = 30_000;
/** Makes a stack; nothing runs before `start`. */
export function createStack(options) {
    const running = new Map();
    let stopped = false;
    const startService = async (name, env) => {
        if (stopped)
            throw new AppError("cancelled");
        const { onEvent, logFd: outputFd } = options;
        const file = mainFile(name);
        const supervised = createSupervisedProcess({ name, file, env, pinPorts, outputFd, onEvent });
        running.set(name, supervised);
        return supervised.start();
    };
    const stop = async () => {
        stopped = true;
        await running.get("gateway")?.stop(GRACE_MS);
        await Promise.all([...running.values()].map((supervised) => supervised.stop(GRACE_MS)));
    };
    const start = async () => {
        const env = stackEnvironment(options);
        const workers = await Promise.all(WORKERS.map((name) => startService(name, workerEnvironment(env))));
        const addresses = workers.map((ready) => `127.0.0.1:${portOf(ready, "port")}`);
        const services = Object.fromEntries(WORKERS.map((name, index) => [name, addresses[index]]));
        const gateway = await startService("gateway", { ...env, ...gatewayEnvironment(services) });
        const host = connectHost(env["KINORA_HOST"] ?? "127.0.0.1");
        const [http, grpc] = [portOf(gateway, "httpPort"), portOf(gateway, "grpcPort")];
        return { http: `http://${host}:${http}`, grpc: `${host}:${grpc}`, services };
    };
    return {
        start: () => start().catch((error) => stop().then(() => Promise.reject(error))),
        pids: () => Object.fromEntries([...running].map(([name, { pid }]) => [name, pid])),
        stop,
    };
}
/** The repository's folder, from src/ as from dist/. */
export const ROOT = join(import.meta.dirname, "..", "..", "..", "..");
/** A service's main file: its source, or its build where this file is built. */
function mainFile(service) {
    const isSource = import.meta.filename.endsWith(".ts");
    return join(ROOT, "services", service, isSource ? "src/main.ts" : "dist/main.js");
}
function stackEnvironment({ env, dataDir }) {
    return {
        // One engine computes at a time, so each may have every core.
        KINORA_ENGINE_THREADS: String(availableParallelism()),
        KINORA_ENGINE_LOCK: join(dataDir, "engine.lock"),
        KINORA_MODELS_DIR: join(ROOT, "models"),
        ...env,
        KINORA_DATA_DIR: dataDir,
    };
}
/** The services listen on loopback whatever the gateway does. */
function workerEnvironment(env) {
    return { ...env, KINORA_HOST: "127.0.0.1", KINORA_RPC_PORT: "0" };
}
function gatewayEnvironment(services) {
    const entries = Object.entries(services);
    return Object.fromEntries(entries.map(([name, address]) => [`KINORA_${name.toUpperCase()}_ADDR`, address]));
}
/** The environment under which a process listens again where it did before. */
function pinPorts(ready) {
    const names = { port: "KINORA_RPC_PORT", httpPort: "KINORA_HTTP_PORT", grpcPort: "KINORA_GRPC_PORT" };
    const entries = Object.entries(names).filter(([field]) => field in ready);
    return Object.fromEntries(entries.map(([field, env]) => [env, String(ready[field])]));
}
function portOf(ready, field) {
    const port = ready[field];
    if (typeof port !== "number")
        throw new Error(`A service is ready without ${field}. This is a bug.`);
    return port;
}
/** An address to call, for one that is listened on. */
function connectHost(host) {
    if (host === "0.0.0.0" || host === "::")
        return "127.0.0.1";
    return host.includes(":") ? `[${host}]` : host;
}
//# sourceMappingURL=create-stack.js.map