import type { JobStore, JobWorker } from "@kinora/jobs";
import type { Logger, Metrics, RpcTls } from "@kinora/runtime";
import type { ObjectStore } from "@kinora/storage";
import { runJob } from "./run-job.ts";
import { createRuntimeDirectory, createServiceClients, type ServiceAddresses } from "./service-clients.ts";
import { createServicePlaces } from "./service-places.ts";
import { createStageCache } from "./stage-cache.ts";
import { runSweeper } from "./sweeper.ts";

/** Settings of the gateway's worker side. */
export interface WorkerOptions {
  readonly jobs: JobStore;
  readonly store: ObjectStore;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly addresses: ServiceAddresses;
  readonly tls: RpcTls | undefined;
  readonly concurrency: number;
  readonly sweepIntervalMs: number;
  readonly sweepGraceMs: number;
}

/** Takes jobs and runs their plans, and sweeps unreferenced bytes, until stopped. */
export function startWorker(options: WorkerOptions): JobWorker {
  const { jobs, store, logger } = options;
  const clients = createServiceClients(options.addresses, { logger, tls: options.tls });
  const onStage = createStageMetrics(options.metrics);
  const deps = {
    jobs,
    clients,
    logger,
    onStage,
    store,
    cache: createStageCache(store),
    runtimes: createRuntimeDirectory(clients, Date.now),
    places: createServicePlaces(),
  };
  const sweeping = new AbortController();
  const sweeper = runSweeper(
    { jobs, store, logger, graceMs: options.sweepGraceMs, intervalMs: options.sweepIntervalMs },
    sweeping.signal,
  );
  const worker = jobs.startWorker({ concurrency: options.concurrency, run: (lease) => runJob(deps, lease) });
  return {
    get running() {
      return worker.running;
    },
    async stop() {
      sweeping.abort();
      await worker.stop();
      await sweeper;
      clients.close();
    },
  };
}

function createStageMetrics(metrics: Metrics) {
  const runs = metrics.counter({
    name: "kinora_stage_runs_total",
    help: "Stages that ran, or were found committed.",
    labelNames: ["stage", "how"],
  });
  const seconds = metrics.histogram({
    name: "kinora_stage_seconds",
    help: "Wall time of stages that ran.",
    labelNames: ["stage"],
  });
  return (stage: string, how: "ran" | "cached", elapsedS: number): void => {
    runs.inc({ stage, how });
    if (how === "ran") seconds.observe({ stage }, elapsedS);
  };
}
