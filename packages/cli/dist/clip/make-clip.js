import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { AppError, errorMessage } from "@kinora/errors";
import { defaultClipPath, describeTimes } from "./clip-file.js";
import { createBarDisplay, createLineDisplay } from "./stage-display.js";
const CANCEL_TIMEOUT_MS = 2_000;
/**
 * Makes one clip on a server: shows its stages, prints its warnings and times, saves the file and
 * prints its absolute path. An interrupted one is cancelled on the server.
 */
export async function makeClip(context, client, wish) {
    const startedAt = performance.now();
    const { prompt, seed, model } = wish;
    const inputReference = wish.image === undefined ? undefined : await readPicture(context, wish.image);
    const created = await client.create({ prompt, seed, model, inputReference }, { signal: context.signal });
    const clip = await followClip(context, client, created);
    for (const warning of clip.warnings)
        context.note(`  note: ${warning.message}`);
    const path = outputPath(context, wish, clip);
    await client.save(clip.id, path, { signal: context.signal });
    context.note(`  ${describeTimes(clip, (performance.now() - startedAt) / 1000)}`);
    context.print(path);
    return clip;
}
async function followClip(context, client, created) {
    const display = context.isTerminal ? createBarDisplay(context.stderr) : createLineDisplay(context.note);
    let clip = created;
    try {
        for await (clip of client.watch(created.id, { signal: context.signal }))
            display.update(clip);
    }
    catch (error) {
        if (context.signal.aborted)
            await cancelQuietly(client, created.id);
        throw error;
    }
    finally {
        display.close();
    }
    if (clip.status === "completed")
        return clip;
    if (clip.status === "cancelled")
        throw new AppError("cancelled");
    throw new ClipFailedError(clip.error?.message ?? "The clip failed without saying why.");
}
/** The server made a clip's record and could not make the clip; the message is the server's. */
export class ClipFailedError extends Error {
}
async function cancelQuietly(client, id) {
    // Best effort: the user wants to leave, and a server that is gone has stopped anyway.
    await client.cancel(id, { timeoutMs: CANCEL_TIMEOUT_MS }).catch(() => undefined);
}
async function readPicture(context, path) {
    try {
        return await readFile(resolve(context.workingDir, path));
    }
    catch (error) {
        throw new AppError("invalid_image", { reason: `${path} could not be read: ${errorMessage(error)}` }, { cause: error });
    }
}
function outputPath(context, wish, clip) {
    return wish.out === undefined
        ? defaultClipPath(context.workingDir, clip)
        : resolve(context.workingDir, wish.out);
}
//# sourceMappingURL=make-clip.js.map