import type { JobFacts } from "../../job-result.ts";
import { appendClip, selectFrames } from "../clip-latents.ts";
import type { Stage, StageModel } from "../stage.ts";
import { clipFilesOf } from "./clip-files.ts";

const TIMEOUT_MS = 60_000;

/** What is put together. */
export interface AppendFramesOptions {
  /** Name of the file with the frames so far, of which the first so many stay. */
  readonly frames: string;
  readonly kept: number;
  /** Name of the file with those that follow. */
  readonly added: string;
  /** Which of all the frames stand for the clip as key frames. */
  readonly keyFrames: readonly number[];
  /** What follows for the clip. */
  readonly facts: JobFacts;
}

/** Frames after frames, and the key frames of both together. */
export function appendFrames(model: StageModel, options: AppendFramesOptions): Stage {
  const { frames, kept, added, keyFrames, facts } = options;
  return {
    name: "append_frames",
    service: "gateway",
    model,
    inputs: [frames, added],
    outputs: ["frames", "keyFrames"],
    weight: 1,
    timeoutMs: TIMEOUT_MS,
    parameters: { kept, keyFrames: keyFrames.join(" ") },
    async *run(context) {
      yield { kind: "progress", completed: 0, total: 1 };
      const { read, write } = clipFilesOf(context);
      const staying = Array.from({ length: kept }, (_, index) => index);
      const clip = appendClip(selectFrames(await read(frames), staying), await read(added));
      const files = {
        frames: await write("frames", clip),
        keyFrames: await write("keyFrames", selectFrames(clip, keyFrames)),
      };
      yield { kind: "done", outcome: { files, warnings: [], modelSeconds: 0, facts } };
    },
  };
}
