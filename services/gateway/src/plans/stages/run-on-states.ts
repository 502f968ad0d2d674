import { type ClipLatents, stackStates, statesOf } from "../clip-latents.ts";
import type { StageContext, StageEvent } from "../stage.ts";
import { clipFilesOf } from "./clip-files.ts";

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
  const { target, inputs } = context;
  const { read, write } = clipFilesOf(context);
  const states = statesOf(await read(from));
  if (states.length === 1) {
    yield* run(context);
    return;
  }
  const made: ClipLatents[] = [];
  let modelSeconds = 0;
  for (const [index, state] of states.entries()) {
    const outputPrefix = `${target.outputPrefix}state${index}/`;
    const input = await write(`state${index}/${from}`, state);
    const own = { ...context, target: { ...target, outputPrefix }, inputs: { ...inputs, [from]: input } };
    for await (const event of run(own)) {
      if (event.kind === "progress") {
        const completed = index * event.total + event.completed;
        yield { ...event, completed, total: states.length * event.total };
        continue;
      }
      made.push(await read(to, event.outcome.files));
      modelSeconds += event.outcome.modelSeconds;
      if (made.length < states.length) continue;
      const files = { [to]: await write(to, stackStates(made)) };
      yield { kind: "done", outcome: { ...event.outcome, files, modelSeconds } };
    }
  }
}
