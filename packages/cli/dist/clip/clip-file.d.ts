import type { Video } from "@kinora/client";
/** `./out/<slug>-<seed>.mp4`, where the slug is made of the prompt's words. */
export declare function defaultClipPath(folder: string, clip: Pick<Video, "prompt" | "seed">): string;
/** Lower-case letters and digits of any script, joined by hyphens; `clip` for a clip without words. */
export declare function slugOf(prompt: string): string;
/** One line: total seconds, then each stage's, for the stages that this clip ran. */
export declare function describeTimes(clip: Pick<Video, "stageDurations">, totalSeconds: number): string;
//# sourceMappingURL=clip-file.d.ts.map