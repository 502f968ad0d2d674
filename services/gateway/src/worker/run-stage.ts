import { randomBytes } from "node:crypto";
import { AppError, codeOf, errorMessage } from "@kinora/errors";
import { sleep } from "@kinora/runtime";
import type { Stage, StageContext, StageOutcome } from "../plans/stage.ts";
import type { Place, ServicePlaces } from "./service-places.ts";

/** Starts of one stage without a commit after which it counts as poisonous. */
export const MAX_STAGE_STARTS = 3;

/** Longest wait in place for a busy or unreachable service; then the job goes back to the queue. */
const MAX_WAIT_MS = 30_000;

/** What running one stage needs besides the stage. */
export interface StageRun {
  readonly context: Omit<StageContext, "target">;
  readonly places: ServicePlaces;
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
 * Runs a stage until it has an outcome. A busy, unreachable or stopping service is waited for and costs
 * no start; a crash in the middle costs one. Throws `stage_crashed` after MAX_STAGE_STARTS.
 */
export async function runStage(stage: Stage, run: StageRun): Promise<StageOutcome> {
  const waitUntilMs = Date.now() + MAX_WAIT_MS;
  let starts = run.startsBefore;
  for (let delayMs = 100; ; ) {
    if (starts >= MAX_STAGE_STARTS) throw new AppError("stage_crashed", { stage: stage.name, starts });
    const end = await tryStage(stage, run);
    if (end.how === "done") return end.outcome;
    if (end.how === "full") continue;
    if (end.how === "broke") starts += 1;
    else if (Date.now() > waitUntilMs)
      throw new AppError("unavailable", { what: stage.service, reason: errorMessage(end.error) });
    await sleep(delayMs * (0.5 + Math.random() / 2), run.context.signal);
    delayMs = Math.min(delayMs * 2, 2_000);
  }
}

/** How one call of a service ended: with the outcome; in the middle; or before it took the stage. */
type Attempt =
  | { readonly how: "done"; readonly outcome: StageOutcome }
  | { readonly how: "broke" }
  /** Full of this process's own stages, one of whose ends is waited for in place of a pause. */
  | { readonly how: "full" }
  | { readonly how: "absent"; readonly error: unknown };

async function tryStage(stage: Stage, run: StageRun): Promise<Attempt> {
  const place = await run.places.take(stage.service, run.context.signal);
  try {
    await run.countStart();
    return await callService(stage, run, place);
  } finally {
    place.leave();
  }
}

async function callService(stage: Stage, run: StageRun, place: Place): Promise<Attempt> {
  let isBegun = false;
  const onBegun = () => {
    if (!isBegun) place.admitted();
    isBegun = true;
  };
  try {
    return { how: "done", outcome: await readOutcome(stage, run, onBegun) };
  } catch (error) {
    run.context.signal.throwIfAborted();
    if (!isRetryable(error) && !isCancelled(error)) throw error;
    // An engine that died of a stage's inputs may do so before the service said a word.
    if (codeOf(error) === "engine_crashed" || (isBegun && !isFull(error) && !isDraining(error)))
      return { how: "broke" };
    await run.uncountStart();
    return isFull(error) && place.refused() ? { how: "full" } : { how: "absent", error };
  }
}

/** Whether asking again may help, without asking the user. */
export function isRetryable(error: unknown): boolean {
  return error instanceof AppError && error.row.retryable && error.code !== "lease_lost";
}

/** A stream that the other side cancelled: it is shutting down, nobody asked the job to stop. */
function isCancelled(error: unknown): boolean {
  return codeOf(error) === "cancelled";
}

/** A service that was told to stop ends what runs too long for its grace: no fault of the stage's. */
function isDraining(error: unknown): boolean {
  return codeOf(error) === "draining";
}

function isFull(error: unknown): boolean {
  return codeOf(error) === "capacity_exhausted";
}

async function readOutcome(stage: Stage, run: StageRun, onBegun: () => void): Promise<StageOutcome> {
  const outputPrefix = `${run.prefix}${randomBytes(6).toString("hex")}/`;
  const target = { model: stage.model.folder, outputPrefix };
  let outcome: StageOutcome | undefined;
  for await (const event of stage.run({ ...run.context, target })) {
    onBegun();
    // Read to the end: leaving the stream after the result would look like a cancel to the service.
    if (event.kind === "done") outcome = event.outcome;
    else await run.onProgress(event.total > 0 ? event.completed / event.total : 0);
  }
  if (outcome) return outcome;
  throw new AppError("unavailable", { what: stage.service, reason: "its stream ended without a result" });
}
