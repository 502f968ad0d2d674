import { stackStates } from "../clip-latents.ts";
import type { Stage, StageModel } from "../stage.ts";
import { clipFilesOf } from "./clip-files.ts";

const TIMEOUT_MS = 60_000;

/** Names of files: what an edit began from, what it made, and what the two together are called. */
export interface KeptSource {
  readonly source: string;
  readonly edited: string;
  readonly output: string;
}

/** Puts beside edited latents what they were before: decoding them keeps the bytes of what hardly changed. */
export function keepSource(model: StageModel, kept: readonly KeptSource[]): Stage {
  return {
    name: "keep_source",
    service: "gateway",
    model,
    inputs: kept.flatMap(({ source, edited }) => [source, edited]),
    outputs: kept.map(({ output }) => output),
    weight: 1,
    timeoutMs: TIMEOUT_MS,
    parameters: {},
    async *run(context) {
      yield { kind: "progress", completed: 0, total: 1 };
      const { read, write } = clipFilesOf(context);
      const files = kept.map(async ({ source, edited, output }) => {
        const clip = stackStates([await read(source), await read(edited)]);
        return [output, await write(output, clip)] as const;
      });
      const outcome = { files: Object.fromEntries(await Promise.all(files)), warnings: [], modelSeconds: 0 };
      yield { kind: "done", outcome };
    },
  };
}
