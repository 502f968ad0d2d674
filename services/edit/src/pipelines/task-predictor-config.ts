import { AppError } from "@kinora/errors";
import type { JsonObject } from "@kinora/inference";

/** A kind of edit that a task predictor names. */
export interface TaskEntry {
  readonly name: string;
  /** Whether it makes sense for clips only. */
  readonly clip_only: boolean;
  /** Whether the editor draws it; the others change a clip's time. */
  readonly drawn: boolean;
  /** The head that reads its parameter. */
  readonly head?: string;
  /** Values of its parameter that this family can show. */
  readonly supported?: readonly string[];
}

/** task_predictor/config.json, as training/export/editor_components.py writes it. */
export interface TaskPredictorConfig {
  /** In the order of `task_logits`. */
  readonly tasks: readonly TaskEntry[];
  /** Values by head, in the order of `<head>_logits`. */
  readonly heads: Readonly<Record<string, readonly string[]>>;
  /** The task of what asks for no edit. */
  readonly not_understood: string;
  /** Least confidence of an edit that is carried out. */
  readonly threshold: number;
  /** Folder of its tokenizer. */
  readonly tokenizer: string;
}

/** Checks a task predictor's config; throws `model_invalid` naming what it lacks. */
export function readTaskPredictorConfig(model: string, json: JsonObject): TaskPredictorConfig {
  const { tasks, heads, not_understood: refused, threshold, tokenizer } = json;
  const isRight =
    Array.isArray(tasks) &&
    tasks.every((task: Partial<TaskEntry> | null) => typeof task?.name === "string") &&
    typeof heads === "object" &&
    heads !== null &&
    typeof refused === "string" &&
    typeof threshold === "number" &&
    typeof tokenizer === "string";
  if (isRight) return json as unknown as TaskPredictorConfig;
  throw new AppError("model_invalid", {
    model,
    reason: "task_predictor/config.json: expected tasks, heads, not_understood, threshold and tokenizer.",
  });
}
