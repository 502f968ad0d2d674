/** A process of the conformance suite that shares the test's store, to be killed, stopped or cancelled. */
import { AppError } from "@kinora/errors";
import { createJobStore } from "../create-job-store.ts";
import type { JobLease, JobStore, LeaseOutcome } from "../job-store.ts";
import type { ProcessRole, StoreAddress } from "./world.conformance.ts";

const { address, role, leaseMs } = JSON.parse(process.argv[2] ?? "{}") as {
  address: StoreAddress;
  role: ProcessRole;
  leaseMs: number;
};
const quiet = () => {};
const logger = { debug: quiet, info: quiet, warn: quiet, error: quiet };
const store = createJobStore({ ...address, leaseMs, logger });

if (role === "work") store.startWorker({ concurrency: 1, run: holdUntilAborted });
else if (role === "crash-in-stage") store.startWorker({ concurrency: 1, run: crashInStage });
else {
  await store.create(role.create);
  process.kill(process.pid, "SIGKILL");
}

/** Reports the lease and its end, then tries to write under it. */
async function holdUntilAborted(lease: JobLease): Promise<LeaseOutcome> {
  process.send?.({ type: "leased", id: lease.id, epoch: lease.epoch });
  await new Promise((resolve) => lease.signal.addEventListener("abort", resolve, { once: true }));
  process.send?.({ type: "aborted", code: (lease.signal.reason as AppError).code });
  process.send?.({ type: "updated", code: await codeOfUpdate(store, lease) });
  return { kind: "finish", state: "completed", patch: { result: { by: "child" } } };
}

async function codeOfUpdate(jobs: JobStore, lease: JobLease): Promise<string> {
  try {
    await jobs.update(lease, { progress: 99, result: { by: "child" } });
    return "written";
  } catch (error) {
    return error instanceof AppError ? error.code : String(error);
  }
}

async function crashInStage(lease: JobLease): Promise<LeaseOutcome> {
  await store.update(lease, { stage: "t2i", startStage: "t2i:abc" });
  process.kill(process.pid, "SIGKILL");
  return new Promise(() => {});
}
