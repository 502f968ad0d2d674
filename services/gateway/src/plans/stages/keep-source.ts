import { readArtifact, writeArtifact } from "@kinora/storage";
import { formatClipLatents, parseClipLatents, stackStates } from "../clip-latents.ts";
import { fileOf, type Stage, type StageModel } from "../stage.ts";

const TIMEOUT_MS = 60_000;
const MEDIA_TYPE = "application/vnd.safetensors";

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
    async *run({ store, target, inputs, signal }) {
      yield { kind: "progress", completed: 0, total: 1 };
      const read = async (name: string) =>
        parseClipLatents(await readArtifact(store, fileOf(inputs, name), { signal }));
      const files = kept.map(async ({ source, edited, output }) => {
        const bytes = formatClipLatents(stackStates([await read(source), await read(edited)]));
        const key = `${target.outputPrefix}${output}.safetensors`;
        return [output, await writeArtifact(store, key, bytes, { mediaType: MEDIA_TYPE, signal })] as const;
      });
      const outcome = { files: Object.fromEntries(await Promise.all(files)), warnings: [], modelSeconds: 0 };
      yield { kind: "done", outcome };
    },
  };
}
