import { type EngineSession, int64Tensor, type Outputs } from "@kinora/inference";
import { loadWordTokenizer, readFloats } from "@kinora/model-service";
import type { InstructionContext, Interpretation } from "./picture-edit.ts";
import {
  readTaskPredictorConfig,
  type TaskEntry,
  type TaskPredictorConfig,
} from "./task-predictor-config.ts";

/** Folder of the graph that reads instructions. */
export const TASK_PREDICTOR = "task_predictor";

/** An understood instruction: its task too. */
export interface UnderstoodInstruction extends Interpretation {
  readonly entry: TaskEntry;
}

/** An instruction that asks for none of the edits that the family can make. */
const NOT_UNDERSTOOD = { task: "", parameters: {}, entry: undefined } as const;

/**
 * Reads an instruction by the trained task predictor (Emu Edit, arXiv 2311.10089, section 4.3): task, parameter and
 * confidence. A task of "" means that it was not understood, or that the family cannot show what it asks for.
 */
export async function interpretInstruction(
  context: InstructionContext,
): Promise<UnderstoodInstruction | (Interpretation & { readonly entry: undefined })> {
  const { model, instruction } = context;
  const config = readTaskPredictorConfig(model.folder.name, model.config(TASK_PREDICTOR));
  const tokenizer = await loadWordTokenizer(model.folder, config.tokenizer);
  const { ids, unknownWords, words } = tokenizer.tokenize(instruction);
  if (new Set(words).size <= unknownWords.length) return { ...NOT_UNDERSTOOD, confidence: 1 };
  const session = await model.session(TASK_PREDICTOR);
  return understand(config, await runPredictor(context, session, ids));
}

function runPredictor(
  { host, signal, onComputed }: InstructionContext,
  session: EngineSession,
  ids: BigInt64Array,
): Promise<Outputs> {
  return host.engine.run(
    session,
    { input_ids: int64Tensor([...ids], [1, ids.length]) },
    { signal, onComputed },
  );
}

function understand(config: TaskPredictorConfig, outputs: Outputs) {
  const chosen = mostLikely(outputs, "task_logits");
  const entry = config.tasks[chosen.index];
  if (entry === undefined) throw new Error("task_logits has more tasks than its config. This is a bug.");
  const value = entry.head === undefined ? undefined : mostLikely(outputs, `${entry.head}_logits`);
  const name = value && config.heads[entry.head as string]?.[value.index];
  const confidence = chosen.probability * (value?.probability ?? 1);
  if (entry.name === config.not_understood || confidence < config.threshold) {
    return { ...NOT_UNDERSTOOD, confidence };
  }
  if (name !== undefined && entry.supported?.includes(name) === false) {
    return {
      ...NOT_UNDERSTOOD,
      confidence,
      hint: `${entry.name}: ${entry.supported.join(", ")} (not ${name})`,
    };
  }
  const parameters = name === undefined ? {} : { [entry.head as string]: name };
  return { task: entry.name, parameters, confidence, entry };
}

/** The index of the greatest of a row of logits, and its softmax. */
function mostLikely(
  outputs: Outputs,
  name: string,
): { readonly index: number; readonly probability: number } {
  const { data } = readFloats(outputs, name, { rank: 2, what: `The output of ${TASK_PREDICTOR}` });
  const greatest = Math.max(...data);
  const sum = data.reduce((total, logit) => total + Math.exp(logit - greatest), 0);
  return { index: data.indexOf(greatest), probability: 1 / sum };
}
