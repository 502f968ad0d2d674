import { DelayedError, type Job } from "bullmq";
import type { IntakeOptions, JobBackend, JobLogger } from "../job-backend.ts";
import { beginLease } from "../machine/job-machine.ts";
import { isTerminal, type StoredJob } from "../machine/stored-job.ts";
import type { Ticket } from "./bull-queue.ts";

/** What a worker does with the tickets that BullMQ hands it. */
export interface TicketProcessor {
  /** BullMQ's processor. */
  process(ticket: Job<Ticket>, token?: string): Promise<void>;
  /** BullMQ could not renew the locks of these tickets: their leases are gone. */
  revoke(ticketIds: readonly string[]): void;
  /** Puts back tickets that still come, and waits for those in hand. */
  stop(): Promise<void>;
}

/** Begins the job of each ticket, hands it to `handle`, and gives back what is not over. */
export function createTicketProcessor(deps: {
  backend: JobBackend;
  handle: IntakeOptions["handle"];
  logger: JobLogger;
}): TicketProcessor {
  const { backend, handle, logger } = deps;
  const revokers = new Map<string | undefined, AbortController>();
  const inHand = new Set<Promise<void>>();
  let stopped = false;

  const run = async (ticket: Job<Ticket>, token?: string): Promise<void> => {
    if (stopped) return putBack(ticket, token, 0);
    const revoker = new AbortController();
    revokers.set(ticket.id, revoker);
    try {
      const begun = await begin(backend, ticket.data.id);
      if (begun !== undefined) await handle({ job: begun, revoked: revoker.signal });
    } finally {
      revokers.delete(ticket.id);
    }
    const after = await backend.read(ticket.data.id);
    if (after !== undefined && !isTerminal(after.record.state)) {
      await putBack(ticket, token, after.notBeforeMs);
    }
  };
  return {
    process: async (ticket, token) => {
      const work = keepTicket(run(ticket, token), logger);
      inHand.add(work);
      try {
        await work;
      } finally {
        inHand.delete(work);
      }
    },
    revoke: (ticketIds) => {
      for (const id of ticketIds) revokers.get(id)?.abort();
    },
    stop: async () => {
      stopped = true;
      await Promise.allSettled(inHand);
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
 * dropped. BullMQ leaves a ticket alone whose processor throws DelayedError: its lock runs out, the
 * stalled check delivers it again.
 */
async function keepTicket(work: Promise<void>, logger: JobLogger): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (error instanceof DelayedError) throw error;
    logger.warn({ err: error }, "ticket left to the stalled check");
    throw new DelayedError();
  }
}
