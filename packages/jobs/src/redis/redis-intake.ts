import { setTimeout as sleep } from "node:timers/promises";
import { DelayedError, type Job, Worker } from "bullmq";
import type { Redis } from "ioredis";
import type { Intake, IntakeOptions, JobBackend, JobLogger } from "../job-backend.ts";
import { beginLease } from "../machine/job-machine.ts";
import { isTerminal, type StoredJob } from "../machine/stored-job.ts";
import { QUEUE_NAME, type Ticket } from "./bull-queue.ts";

/** BullMQ fails a ticket that stalls more often; how often a job may crash is the record's business. */
const UNLIMITED_STALLS = 1_000_000_000;
/** Pause of the worker's loop after a Redis error. */
const ERROR_PAUSE_MS = 500;
/** How long closing waits for BullMQ once no job is in hand. */
const CLOSE_TIMEOUT_MS = 5000;

/** Takes tickets from BullMQ and begins their jobs. */
export function startRedisIntake(
  options: IntakeOptions,
  deps: { backend: JobBackend; connection: Redis; prefix: string; logger: JobLogger },
): Intake {
  const { backend, connection, prefix, logger } = deps;
  const revokers = new Map<string, AbortController>();
  const inHand = new Set<Promise<void>>();
  let stopped = false;

  const process = async (ticket: Job<Ticket>, token?: string): Promise<void> => {
    if (stopped) return putBack(ticket, token, 0);
    const revoker = new AbortController();
    revokers.set(ticketKey(ticket), revoker);
    try {
      const begun = await begin(backend, ticket.data.id);
      if (begun !== undefined) await options.handle({ job: begun, revoked: revoker.signal });
    } finally {
      revokers.delete(ticketKey(ticket));
    }
    const after = await backend.read(ticket.data.id);
    if (after !== undefined && !isTerminal(after.record.state)) {
      await putBack(ticket, token, after.notBeforeMs);
    }
  };
  const worker = new Worker<Ticket, void>(
    QUEUE_NAME,
    (ticket, token) => tracked(inHand, keepTicket(process(ticket, token), logger)),
    {
      connection,
      prefix,
      concurrency: options.concurrency,
      lockDuration: backend.leaseMs,
      lockRenewTime: backend.leaseMs / 3,
      stalledInterval: backend.leaseMs * 0.4,
      maxStalledCount: UNLIMITED_STALLS,
      runRetryDelay: ERROR_PAUSE_MS,
    },
  );
  worker.on("error", (error) => logger.debug({ err: error }, "bullmq worker error"));
  worker.on("lockRenewalFailed", (ids) => {
    for (const id of ids) revokers.get(id)?.abort();
  });
  return {
    stop: async () => {
      stopped = true;
      const closed = worker.close();
      await Promise.allSettled(inHand);
      await Promise.race([closed, sleep(CLOSE_TIMEOUT_MS, undefined, { ref: false })]);
    },
  };
}

/** The job as leased to this worker; undefined when there is nothing to run now. */
async function begin(backend: JobBackend, id: string): Promise<StoredJob | undefined> {
  let version: number | undefined;
  const job = await backend.mutate(id, (before) => {
    version = before?.record.version;
    return before && beginLease(before, backend.clock());
  });
  const begun = job !== undefined && job.record.version !== version;
  return begun && !isTerminal(job.record.state) ? job : undefined;
}

/** Gives the ticket back to BullMQ for delivery at `dueMs`. Throws what BullMQ wants to see then. */
async function putBack(ticket: Job<Ticket>, token: string | undefined, dueMs: number): Promise<never> {
  await ticket.moveToDelayed(dueMs, token);
  throw new DelayedError();
}

/**
 * A ticket whose processing broke off (Redis went away, the lock was lost) must not be failed and
 * dropped. BullMQ leaves a job alone whose processor throws DelayedError: its lock runs out, the
 * stalled check delivers it again.
 */
async function keepTicket(work: Promise<void>, logger: JobLogger): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof DelayedError)) logger.warn({ err: error }, "ticket left to the stalled check");
    throw error instanceof DelayedError ? error : new DelayedError();
  }
}

async function tracked(set: Set<Promise<void>>, work: Promise<void>): Promise<void> {
  set.add(work);
  try {
    await work;
  } finally {
    set.delete(work);
  }
}

function ticketKey(ticket: Job<Ticket>): string {
  return ticket.id ?? ticket.data.id;
}
