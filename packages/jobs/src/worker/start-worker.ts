import type { JobBackend, JobLogger } from "../job-backend.ts";
import type { JobWorker, WorkerOptions } from "../job-store.ts";
import { runLease } from "./run-lease.ts";

/** Starts a worker on a backend's intake. */
export function startWorker(backend: JobBackend, options: WorkerOptions, logger: JobLogger): JobWorker {
  const draining = new AbortController();
  let running = 0;
  const intake = backend.startIntake({
    concurrency: options.concurrency,
    handle: async (delivery) => {
      running += 1;
      try {
        await runLease(backend, delivery, { run: options.run, draining: draining.signal, logger });
      } finally {
        running -= 1;
      }
    },
  });
  return {
    stop: () => {
      const stopped = intake.stop();
      draining.abort();
      return stopped;
    },
    get running() {
      return running;
    },
  };
}
