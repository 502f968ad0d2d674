import type { Stage, StageModel } from "../stage.ts";

const TIMEOUT_MS = 600_000;

/** An instruction to the task that it asks for, as facts of the job: task, confidence, parameters. */
export function interpretEdit(model: StageModel, instruction: string): Stage {
  return {
    name: "interpret_edit",
    service: "edit",
    model,
    inputs: [],
    outputs: [],
    weight: 1,
    timeoutMs: TIMEOUT_MS,
    parameters: { instruction },
    async *run({ clients, target, signal }) {
      const { task, parameters, confidence, hint } = await clients.edit.interpret(
        { model: target.model, instruction },
        { signal, timeoutMs: TIMEOUT_MS },
      );
      const facts = { task, confidence, parameters: JSON.stringify(parameters), ...(hint && { hint }) };
      yield { kind: "done", outcome: { files: {}, warnings: [], modelSeconds: 0, facts } };
    },
  };
}
