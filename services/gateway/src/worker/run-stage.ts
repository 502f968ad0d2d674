import { randomBytes } from "node:crypto";
import { AppError, errorMessage } from "@kinora/errors";
import { sleep } from "@kinora/runtime";
import type { Stage, StageContext, StageOutcome } from "../plans/stage.ts";

/** Starts of one stage without a commit after which it counts as poisonous. */
export const MAX_STAGE_STARTS = 3;

/** Longest wait in place for a busy or unreachable service; then the job goes back to the queue. */
const MAX_WAIT_MS = 30_000;

/** What running one stage needs besides the stage. */
export interface StageRun {
  readonly context: Omit<StageContext, "target">;
  /** Folder of this stage's results; each attempt writes into its own folder below it. */
  readonly prefix: string;
  /** Starts on record before this run. */
  readonly startsBefore: number;
  /** Counts a start; called once per start, before the service is asked. */
  readonly countStart: () => Promise<void>;
  /** Takes back the last count: the service never took the stage. */
  readonly uncountStart: () => Promise<void>;
  readonly onProgress: (fraction: number) => Promise<void>;
}

/**
 * Runs a stage until it has an outcome. A busy or unreachable service is waited for and costs no
 * start; a crash in the middle costs one. Throws `stage_crashed` after MAX_STAGE_STARTS.
 */
export async function runStage(stage: Stage, run: StageRun): Promise<StageOutcome> {
  const { signal } = run.context;
  const waitUntilMs = Date.now() + MAX_WAIT_MS;
  let starts = run.startsBefore;
  for (let delayMs = 100; ; delayMs = Math.min(delayMs * 2, 2_000)) {
    if (starts >= MAX_STAGE_STARTS) throw new AppError("stage_crashed", { stage: stage.name, starts });
    await run.countStart();
    starts += 1;
    const attempt = { begun: false };
    try {
      return await runOnce(stage, run, attempt);
    } catch (error) {
      signal.throwIfAborted();
      if (!isRetryable(error) && !isCancelled(error)) throw error;
      if (attempt.begun) continue;
      await run.uncountStart();
      starts -= 1;
      if (Date.now() > waitUntilMs)
        throw new AppError("unavailable", { what: stage.service, reason: errorMessage(error) });
      await sleep(delayMs * (0.5 + Math.random() / 2), signal);
    }
  }
}

/** Whether asking again may help, without asking the user. */
export function isRetryable(error: unknown): boolean {
  return error instanceof AppError && error.row.retryable && error.code !== "lease_lost";
}

/** A stream that the other side cancelled: it is shutting down, nobody asked the job to stop. */
function isCancelled(error: unknown): boolean {
  return error instanceof AppError && error.code === "cancelled";
}

async function runOnce(stage: Stage, run: StageRun, attempt: { begun: boolean }): Promise<StageOutcome> {
  const outputPrefix = `${run.prefix}${randomBytes(6).toString("hex")}/`;
  const target = { model: stage.model.folder, outputPrefix };
  let outcome: StageOutcome | undefined;
  for await (const event of stage.run({ ...run.context, target })) {
    attempt.begun = true;
    // Read to the end: leaving the stream after the result would look like a cancel to the service.
    if (event.kind === "done") outcome = event.outcome;
    else await run.onProgress(event.total > 0 ? event.completed / event.total : 0);
  }
  if (outcome) return outcome;
  throw new AppError("unavailable", { what: stage.service, reason: "its stream ended without a result" });
}
