import type { Video } from "@kinora/client";
import cliProgress, { type SingleBar } from "cli-progress";

/** Shows a clip on its way. */
export interface StageDisplay {
  /** Takes the newest record. */
  update(clip: Video): void;
  /** Leaves the screen as it is; nothing more is drawn. */
  close(): void;
}

const BAR = "  {stage} {bar} {percentage} %  {seconds} s";
const STAGE_WIDTH = 18;

/** A bar for every stage, each filled to where the whole clip stood when the stage ended. */
export function createBarDisplay(stream: NodeJS.WritableStream): StageDisplay {
  const bars = new cliProgress.MultiBar(
    { format: BAR, stream, barsize: 32, clearOnComplete: false, hideCursor: true, autopadding: true },
    cliProgress.Presets.shades_classic,
  );
  let current: { readonly stage: string; readonly bar: SingleBar; readonly startedAt: number } | undefined;
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
export function createLineDisplay(note: (line: string) => void): StageDisplay {
  let current: string | undefined;
  return {
    update(clip) {
      const stage = stageOf(clip) ?? (clip.status === "queued" ? "waiting" : undefined);
      if (stage === undefined || stage === current) return;
      current = stage;
      note(`  ${stage.padEnd(STAGE_WIDTH)} ${clip.progress} %`);
    },
    close: () => undefined,
  };
}

function stageOf(clip: Video): string | undefined {
  return clip.stage === "" ? undefined : clip.stage;
}
