var __addDisposableResource = (this && this.__addDisposableResource) || function (env, value, async) {
    if (value !== null && value !== void 0) {
        if (typeof value !== "object" && typeof value !== "function") throw new TypeError("Object expected.");
        var dispose, inner;
        if (async) {
            if (!Symbol.asyncDispose) throw new TypeError("Symbol.asyncDispose is not defined.");
            dispose = value[Symbol.asyncDispose];
        }
        if (dispose === void 0) {
            if (!Symbol.dispose) throw new TypeError("Symbol.dispose is not defined.");
            dispose = value[Symbol.dispose];
            if (async) inner = dispose;
        }
        if (typeof dispose !== "function") throw new TypeError("Object not disposable.");
        if (inner) dispose = function() { try { inner.call(this); } catch (e) { return Promise.reject(e); } };
        env.stack.push({ value: value, dispose: dispose, async: async });
    }
    else if (async) {
        env.stack.push({ async: true });
    }
    return value;
};
var __disposeResources = (this && this.__disposeResources) || (function (SuppressedError) {
    return function (env) {
        function fail(e) {
            env.error = env.hasError ? new SuppressedError(e, env.error, "An error was suppressed during disposal.") : e;
            env.hasError = true;
        }
        var r, s = 0;
        function next() {
            while (r = env.stack.pop()) {
                try {
                    if (!r.async && s === 1) return s = 0, env.stack.push(r), Promise.resolve().then(next);
                    if (r.dispose) {
                        var result = r.dispose.call(r.value);
                        if (r.async) return s |= 2, Promise.resolve(result).then(next, function(e) { fail(e); return next(); });
                    }
                    else s |= 1;
                }
                catch (e) {
                    fail(e);
                }
            }
            if (s === 1) return env.hasError ? Promise.reject(env.error) : Promise.resolve();
            if (env.hasError) throw env.error;
        }
        return next();
    };
})(typeof SuppressedError === "function" ? SuppressedError : function (error, suppressed, message) {
    var e = new Error(message);
    return e.name = "SuppressedError", e.error = error, e.suppressed = suppressed, e;
});
import { mkdir, mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createKinoraClient } from "@kinora/client";
import { edit } from "@kinora/contracts";
import { createRpcClient } from "@kinora/runtime";
import { makeClip } from "../clip/make-clip.js";
import { createStack } from "../stack/create-stack.js";
/** A dog that runs on a grassy hillock. */
const DEFAULT_PROMPT = "un cane che corre su una collinetta erbosa";
/** Starts everything on free ports, makes one clip, stops everything, however it ends. */
export async function runDemo(context, prompt, options) {
    const env_1 = { stack: [], error: void 0, hasError: false };
    try {
        const folder = __addDisposableResource(env_1, await openDemoFolder(context), true);
        const stack = createStack({
            env: { ...context.env, KINORA_HOST: "127.0.0.1", KINORA_HTTP_PORT: "0", KINORA_GRPC_PORT: "0" },
            dataDir: folder.path,
            logFd: folder.logFd,
            onEvent: context.note,
        });
        try {
            const addresses = await startStack(context, stack);
            if (options.edit !== undefined)
                await interpretEdit(addresses, options.edit, context.signal);
            await makeDemoClip(context, addresses, prompt, options);
            folder.succeeded = true;
        }
        finally {
            await stack.stop();
        }
    }
    catch (e_1) {
        env_1.error = e_1;
        env_1.hasError = true;
    }
    finally {
        const result_1 = __disposeResources(env_1);
        if (result_1)
            await result_1;
    }
}
async function startStack(context, stack) {
    const startedAt = performance.now();
    const interrupted = new Promise((_, reject) => {
        context.signal.addEventListener("abort", () => reject(context.signal.reason), { once: true });
    });
    interrupted.catch(() => undefined);
    const addresses = await Promise.race([stack.start(), interrupted]);
    context.note(`  five services ready in ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
    return addresses;
}
async function makeDemoClip(context, addresses, prompt, { image, seed, out }) {
    // A picture alone is a request of its own: the picture moves, no sentence is put beside it.
    const words = prompt ?? (image === undefined ? DEFAULT_PROMPT : undefined);
    context.note(words === undefined ? `  ${image}` : `  "${words}"`);
    const client = createKinoraClient({ grpcAddress: addresses.grpc });
    try {
        await makeClip(context, client, { prompt: words, image, seed, out });
    }
    finally {
        client.close();
    }
}
/** Asks before the clip is made whether the words can be followed: nobody should wait for a refusal. */
async function interpretEdit(addresses, words, signal) {
    const service = createRpcClient(edit.EditService, { address: addresses.services.edit });
    try {
        await service.interpret({ instruction: words }, { signal });
    }
    finally {
        service.close();
    }
}
/** Where one demo keeps its data: KINORA_DATA_DIR, else a folder that goes when the demo succeeded. */
async function openDemoFolder(context) {
    const { env, workingDir } = context;
    const given = env["KINORA_DATA_DIR"];
    const path = given ? resolve(workingDir, given) : await mkdtemp(join(tmpdir(), "kinora-demo-"));
    await mkdir(path, { recursive: true });
    const logFile = join(path, "kinora.log");
    const log = await open(logFile, "a");
    const folder = {
        path,
        logFd: log.fd,
        succeeded: false,
        async [Symbol.asyncDispose]() {
            await log.close();
            const keep = given !== undefined || !(folder.succeeded || context.signal.aborted);
            if (!keep)
                await rm(path, { recursive: true, force: true });
            if (!folder.succeeded && keep)
                context.note(`  the log is in ${logFile}`);
        },
    };
    return folder;
}
//# sourceMappingURL=demo.js.map