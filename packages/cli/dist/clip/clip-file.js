import { join } from "node:path";
const LONGEST_SLUG = 60;
/** `./out/<slug>-<seed>.mp4`, where the slug is made of the prompt's words. */
export function defaultClipPath(folder, clip) {
    return join(folder, "out", `${slugOf(clip.prompt)}-${clip.seed}.mp4`);
}
/** Lower-case letters and digits of any script, joined by hyphens; `clip` for a clip without words. */
export function slugOf(prompt) {
    const words = prompt
        .normalize("NFC")
        .toLowerCase()
        .match(/[\p{L}\p{N}]+/gu) ?? [];
    let slug = "";
    for (const word of words) {
        if (slug.length + word.length >= LONGEST_SLUG)
            break;
        slug += slug === "" ? word : `-${word}`;
    }
    return slug || "clip";
}
/** One line: total seconds, then each stage's, for the stages that this clip ran. */
export function describeTimes(clip, totalSeconds) {
    const stages = Object.entries(clip.stageDurations);
    const split = stages.map(([stage, seconds]) => `${stage} ${seconds.toFixed(1)}`).join(", ");
    const ran = stages.length === 0 ? "every stage was done before" : split;
    return `${totalSeconds.toFixed(1)} s (${ran})`;
}
//# sourceMappingURL=clip-file.js.map