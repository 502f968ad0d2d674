import type { Video } from "@kinora/client";
/** Shows a clip on its way. */
export interface StageDisplay {
    /** Takes the newest record. */
    update(clip: Video): void;
    /** Leaves the screen as it is; nothing more is drawn. */
    close(): void;
}
/** A bar for every stage, each filled to where the whole clip stood when the stage ended. */
export declare function createBarDisplay(stream: NodeJS.WritableStream): StageDisplay;
/** A line at the start of every stage, for logs and pipes. */
export declare function createLineDisplay(note: (line: string) => void): StageDisplay;
//# sourceMappingURL=stage-display.d.ts.map