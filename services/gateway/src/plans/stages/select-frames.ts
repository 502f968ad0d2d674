import { readArtifact, writeArtifact } from "@kinora/storage";
import type { JobFacts } from "../../job-result.ts";
import { formatClipLatents, parseClipLatents, selectFrames as select } from "../clip-latents.ts";
import { fileOf, type Stage, type StageModel } from "../stage.ts";

const TIMEOUT_MS = 60_000;
const MEDIA_TYPE = "application/vnd.safetensors";

/** Which frames become which files. */
export interface SelectFramesOptions {
  readonly name: string;
  /** The file with all frames. */
  readonly input: string;
  /** New files by name, each with the indices of its frames in order. */
  readonly outputs: { readonly [name: string]: readonly number[] };
  /** What follows for the clip. */
  readonly facts?: JobFacts;
}

/** Frames in another order, or only some of them: the gateway's own, as no model is asked. */
export function selectFrames(model: StageModel, options: SelectFramesOptions): Stage {
  const { name, input, outputs, facts } = options;
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
    async *run({ store, target, inputs, signal }) {
      yield { kind: "progress", completed: 0, total: 1 };
      const source = parseClipLatents(await readArtifact(store, fileOf(inputs, input), { signal }));
      const files = Object.entries(outputs).map(async ([output, indices]) => {
        const key = `${target.outputPrefix}${output}.safetensors`;
        const bytes = formatClipLatents(select(source, indices));
        return [output, await writeArtifact(store, key, bytes, { mediaType: MEDIA_TYPE, signal })] as const;
      });
      const outcome = { files: Object.fromEntries(await Promise.all(files)), warnings: [], modelSeconds: 0 };
      yield { kind: "done", outcome: facts ? { ...outcome, facts } : outcome };
    },
  };
}
