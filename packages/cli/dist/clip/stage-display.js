import cliProgress, {} from "cli-progress";
const BAR = "  {stage} {bar} {percentage} %  {seconds} s";
const STAGE_WIDTH = 18;
/** A bar for every stage, each filled to where the whole clip stood when the stage ended. */
export function createBarDisplay(stream) {
    const bars = new cliProgress.MultiBar({ format: BAR, stream, barsize: 32, clearOnComplete: false, hideCursor: true, autopadding: true }, cliProgress.Presets.shades_classic);
    let current;
    return {
        update(clip) {
            const stage = stageOf(clip);
            if (stage !== undefined && stage !== current?.stage) {
                const bar = bars.create(100, 0, { stage: stage.padEnd(STAGE_WIDTH), seconds: "0.0" });
                current = { stage, bar, startedAt: performance.now() };
            }
            const seconds = current === undefined ? 0 : (performance.now() - current.startedAt) / 1000;
            current?.bar.update(clip.progress, { seconds: seconds.toFixed(1) });
        },
        close: () => bars.stop(),
    };
}
/** A line at the start of every stage, for logs and pipes. */
export function createLineDisplay(note) {
    let current;
    return {
        update(clip) {
            const stage = stageOf(clip) ?? (clip.status === "queued" ? "waiting" : undefined);
            if (stage === undefined || stage === current)
                return;
            current = stage;
            note(`  ${stage.padEnd(STAGE_WIDTH)} ${clip.progress} %`);
        },
        close: () => undefined,
    };
}
function stageOf(clip) {
    return clip.stage === "" ? undefined : clip.stage;
}
//# sourceMappingURL=stage-display.js.map