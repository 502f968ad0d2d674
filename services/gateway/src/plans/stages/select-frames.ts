import type { JobFacts } from "../../job-result.ts";
import { selectFrames as select } from "../clip-latents.ts";
import type { Stage, StageModel } from "../stage.ts";
import { clipFilesOf } from "./clip-files.ts";

const TIMEOUT_MS = 60_000;

/** Which frames become which files. */
export interface SelectFramesOptions {
  readonly name: string;
  /** The file with all frames. */
  readonly input: string;
  /** New files by name, each with the indices of its frames in order. */
  readonly outputs: { readonly [name: string]: readonly number[] };
  /** Whether what the frames were before edits is left behind. */
  readonly onlyLatest?: boolean;
  /** What follows for the clip. */
  readonly facts?: JobFacts;
}

/** Frames in another order, or only some of them: the gateway's own, as no model is asked. */
export function selectFrames(model: StageModel, options: SelectFramesOptions): Stage {
  const { name, input, outputs, onlyLatest = false, facts } = options;
  return {
    name,
    service: "gateway",
    model,
    inputs: [input],
    outputs: Object.keys(outputs),
    weight: 1,
    timeoutMs: TIMEOUT_MS,
    parameters: Object.fromEntries(
      Object.entries(outputs).map(([output, indices]) => [output, indices.join(" ")]),
    ),
    async *run(context) {
      yield { kind: "progress", completed: 0, total: 1 };
      const { read, write } = clipFilesOf(context);
      const clip = await read(input);
      const source = onlyLatest ? { ...clip, before: [] } : clip;
      const files = Object.entries(outputs).map(
        async ([output, indices]) => [output, await write(output, select(source, indices))] as const,
      );
      const outcome = { files: Object.fromEntries(await Promise.all(files)), warnings: [], modelSeconds: 0 };
      yield { kind: "done", outcome: facts ? { ...outcome, facts } : outcome };
    },
  };
}
