import { AppError, errorMessage } from "@kinora/errors";
import { type JobLease, type JobStore, jobErrorOf, type LeaseOutcome } from "@kinora/jobs";
import type { Logger } from "@kinora/runtime";
import type { ObjectStore } from "@kinora/storage";
import { selectPlan } from "../plans/select-plan.ts";
import type { Plan, Stage, StageFiles, StageOutcome } from "../plans/stage.ts";
import { createJobProgress, type JobProgress } from "./job-progress.ts";
import { isRetryable, runStage } from "./run-stage.ts";
import type { ModelRuntime, RuntimeDirectory, ServiceClients } from "./service-clients.ts";
import type { ServicePlaces } from "./service-places.ts";
import { type StageCache, stagePrefix } from "./stage-cache.ts";
import { stageKey } from "./stage-key.ts";

/** What running jobs needs. */
export interface JobRunnerDeps {
  readonly jobs: JobStore;
  readonly cache: StageCache;
  readonly store: ObjectStore;
  readonly clients: ServiceClients;
  readonly runtimes: RuntimeDirectory;
  readonly places: ServicePlaces;
  readonly logger: Logger;
  /** Called once per stage: whether it ran or was found committed. */
  readonly onStage: (stage: string, how: "ran" | "cached", seconds: number) => void;
}

/** Delay before a job whose service was busy or away is delivered again. */
const REQUEUE_DELAY_MS = 1_000;

/** Runs a leased job's plan from its first uncommitted stage, and says how the lease ends. */
export async function runJob(deps: JobRunnerDeps, lease: JobLease): Promise<LeaseOutcome> {
  const plan = selectPlan(lease.record);
  const progress = createJobProgress(deps.jobs, lease, weightsOf(plan.stages));
  try {
    lease.signal.throwIfAborted();
    await runPlan(deps, { lease, plan, progress });
    return { kind: "finish", state: "completed", patch: progress.finalPatch() };
  } catch (error) {
    return outcomeOf({ logger: deps.logger, lease, stageBroke: progress.stageBroke }, error);
  }
}

interface PlanRun {
  readonly lease: JobLease;
  readonly plan: Plan;
  readonly progress: JobProgress;
}

async function runPlan(deps: JobRunnerDeps, run: PlanRun): Promise<void> {
  let files: StageFiles = run.plan.initialFiles;
  if (Object.keys(files).length > 0) {
    run.progress.commitStage("input", { files, warnings: [], modelSeconds: 0 });
  }
  const runAll = async (stages: readonly Stage[]) => {
    for (const stage of stages) {
      const outcome = await obtain(deps, run, stage, files);
      files = { ...files, ...outcome.files };
    }
  };
  await runAll(run.plan.stages);
  const following = run.plan.next?.(run.progress.facts) ?? [];
  run.progress.addStages(weightsOf(following));
  await runAll(following);
}

function weightsOf(stages: readonly Stage[]): ReadonlyMap<string, number> {
  return new Map(stages.map((stage) => [stage.name, stage.weight]));
}

/** The gateway's own stages depend on no model. */
const OWN_RUNTIME: ModelRuntime = { digest: "", runtime: "gateway", provider: "", precision: "" };

function runtimeOf(deps: JobRunnerDeps, { service, model }: Stage, signal: AbortSignal) {
  return service === "gateway" ? OWN_RUNTIME : deps.runtimes.describe(service, model.folder, signal);
}

/** The stage's outcome: committed earlier, or made now and committed. */
async function obtain(
  deps: JobRunnerDeps,
  run: PlanRun,
  stage: Stage,
  files: StageFiles,
): Promise<StageOutcome> {
  const { lease, progress } = run;
  const { signal, tenant } = lease;
  const inputs = Object.fromEntries(stage.inputs.map((name) => [name, files[name]])) as StageFiles;
  const runtime = await runtimeOf(deps, stage, signal);
  const key = stageKey(stage, { tenant, runtime, inputs });
  const prefix = stagePrefix(tenant, stage.name, key);
  const committed = await findCommitted(deps, run, stage, prefix);
  if (committed) return committed;

  const startedAtMs = performance.now();
  const made = await runStage(stage, {
    context: { clients: deps.clients, store: deps.store, inputs, signal },
    places: deps.places,
    prefix,
    startsBefore: lease.record.stageStarts[key] ?? 0,
    countStart: () => progress.startStage(stage.name, prefix, { countKey: key }),
    uncountStart: () => progress.uncountStart(key),
    onProgress: (fraction) => progress.stageFraction(fraction),
  });
  const outcome = await deps.cache.commit(prefix, made, signal);
  const seconds = (performance.now() - startedAtMs) / 1000;
  progress.commitStage(stage.name, outcome, { countKey: key, seconds });
  deps.onStage(stage.name, "ran", seconds);
  return outcome;
}

async function findCommitted(
  deps: JobRunnerDeps,
  { lease, progress }: PlanRun,
  stage: Stage,
  prefix: string,
): Promise<StageOutcome | undefined> {
  if (!(await deps.cache.find(prefix, lease.signal))) return undefined;
  // The reference goes on record before the files are trusted, so that the sweeper cannot take
  // them in between.
  await progress.startStage(stage.name, prefix, {});
  const outcome = await deps.cache.find(prefix, lease.signal);
  if (!outcome) return undefined;
  progress.commitStage(stage.name, outcome);
  deps.onStage(stage.name, "cached", 0);
  return outcome;
}

interface EndedRun {
  readonly logger: Logger;
  readonly lease: JobLease;
  readonly stageBroke: boolean;
}

function outcomeOf({ logger, lease, stageBroke }: EndedRun, thrown: unknown): LeaseOutcome {
  const reason: unknown = lease.signal.aborted ? lease.signal.reason : thrown;
  const error = AppError.from(reason);
  if (error.code === "cancelled" && lease.signal.aborted)
    return { kind: "finish", state: "cancelled", patch: {} };
  if (error.code === "draining" || error.code === "lease_lost")
    return { kind: "retry", countsAsAttempt: false, delayMs: 0 };
  if (isRetryable(error)) {
    logger.warn({ jobId: lease.id, code: error.code, reason: error.message }, "job goes back to the queue");
    // A service that was busy or away costs nothing; one that broke under this job does.
    return { kind: "retry", countsAsAttempt: stageBroke, delayMs: REQUEUE_DELAY_MS };
  }
  const fields = { jobId: lease.id, code: error.code, err: error.cause ?? error };
  if (error.row.blame === "us") logger.error(fields, "job failed");
  else logger.info({ ...fields, err: errorMessage(error) }, "job failed");
  return { kind: "finish", state: "failed", patch: { error: jobErrorOf(error) } };
}
