import type { KinoraClient, Video } from "@kinora/client";
import type { CliContext } from "../cli-context.ts";
/** A clip as the command line asks for it. */
export interface ClipWish {
    readonly prompt: string | undefined;
    /** Path of a picture, relative to where the user stands. */
    readonly image?: string | undefined;
    readonly seed?: bigint | undefined;
    readonly out?: string | undefined;
    readonly model?: string | undefined;
}
/**
 * Makes one clip on a server: shows its stages, prints its warnings and times, saves the file and
 * prints its absolute path. An interrupted one is cancelled on the server.
 */
export declare function makeClip(context: CliContext, client: KinoraClient, wish: ClipWish): Promise<Video>;
/** The server made a clip's record and could not make the clip; the message is the server's. */
export declare class ClipFailedError extends Error {
}
//# sourceMappingURL=make-clip.d.ts.map