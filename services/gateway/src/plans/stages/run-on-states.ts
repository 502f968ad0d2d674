import { readArtifact, writeArtifact } from "@kinora/storage";
import {
  type ClipLatents,
  formatClipLatents,
  parseClipLatents,
  stackStates,
  statesOf,
} from "../clip-latents.ts";
import { fileOf, type StageContext, type StageEvent } from "../stage.ts";

const MEDIA_TYPE = "application/vnd.safetensors";

/** A stage's work that knows nothing of edits, and the files it reads and makes. */
export interface StatesRun {
  readonly from: string;
  readonly to: string;
  readonly run: (context: StageContext) => AsyncIterable<StageEvent>;
}

/** Does the same for every state of a clip, from before its first edit to after its last, so that they stay comparable. */
export async function* runOnStates(
  context: StageContext,
  { from, to, run }: StatesRun,
): AsyncGenerator<StageEvent> {
  const { store, target, inputs, signal } = context;
  const read = async (files: StageContext["inputs"], name: string) =>
    parseClipLatents(await readArtifact(store, fileOf(files, name), { signal }));
  const write = (key: string, clip: ClipLatents) =>
    writeArtifact(store, key, formatClipLatents(clip), { mediaType: MEDIA_TYPE, signal });
  const states = statesOf(await read(inputs, from));
  if (states.length === 1) {
    yield* run(context);
    return;
  }
  const made: ClipLatents[] = [];
  let modelSeconds = 0;
  for (const [index, state] of states.entries()) {
    const outputPrefix = `${target.outputPrefix}state${index}/`;
    const input = await write(`${outputPrefix}${from}.safetensors`, state);
    const own = { ...context, target: { ...target, outputPrefix }, inputs: { ...inputs, [from]: input } };
    for await (const event of run(own)) {
      if (event.kind === "progress") {
        const completed = index * event.total + event.completed;
        yield { ...event, completed, total: states.length * event.total };
        continue;
      }
      made.push(await read(event.outcome.files, to));
      modelSeconds += event.outcome.modelSeconds;
      if (made.length < states.length) continue;
      const files = { [to]: await write(`${target.outputPrefix}${to}.safetensors`, stackStates(made)) };
      yield { kind: "done", outcome: { ...event.outcome, files, modelSeconds } };
    }
  }
}
