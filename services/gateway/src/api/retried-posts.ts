import { errorMessage } from "@kinora/errors";
import type { JobRecord, JobStore } from "@kinora/jobs";
import type { Logger } from "@kinora/runtime";
import type { ObjectStore } from "@kinora/storage";

/** Where it is noted which jobs' answers reached their callers: receipts/TENANT/ID. */
const RECEIPTS_PREFIX = "receipts/";

/** How long after a request its automatic retry may come. */
const RETRY_WINDOW_MS = 10 * 60_000;
/** Newest jobs of a tenant among which a retried one is looked for. */
const LOOK_BACK = 100;

/** One POST of a caller whose SDK says which attempt it is. */
interface PostAttempt {
  readonly tenant: string;
  readonly fingerprint: string;
  /** 0 for the first try. */
  readonly attempt: number;
  /** Makes the job; its record carries the fingerprint as `retryFingerprint`. */
  readonly create: () => Promise<JobRecord>;
}

/** Joins the automatic retries of SDKs that send no Idempotency-Key with the job they repeat. */
export interface RetriedPosts {
  run(post: PostAttempt): Promise<{ record: JobRecord; created: boolean }>;
  /** Call when the whole answer about a job was written: a later retry is not about it. */
  answered(record: JobRecord): void;
  /** Resolves when the receipts under way are stored. */
  settled(): Promise<void>;
  /** Deletes receipts that no retry can ask for; call from time to time. */
  sweep(): Promise<void>;
}

/** What RetriedPosts needs. */
export interface RetriedPostsPorts {
  readonly jobs: JobStore;
  readonly store: ObjectStore;
  readonly nowMs: () => number;
  readonly logger: Logger;
}

/**
 * A retry (attempt >= 1) is the same job as one of the same tenant and fingerprint, made within ten
 * minutes and not cancelled, whose answer was not fully written. A first attempt is always a new job,
 * so two deliberate identical requests are two jobs.
 *
 * Who was answered is known from memory and, for other gateways and after a restart, from receipts
 * in the object store. Limits: a retry that reaches another gateway while the first attempt has not
 * made its job yet makes a second one; and a gateway killed between an answer and its receipt leaves
 * that answer looking unwritten. An Idempotency-Key has neither limit.
 */
export function createRetriedPosts({ jobs, store, nowMs, logger }: RetriedPostsPorts): RetriedPosts {
  const inFlight = new Map<string, Promise<JobRecord>>();
  const answeredAt = new Map<string, number>();
  const storing = new Set<Promise<unknown>>();
  const oldest = () => nowMs() - RETRY_WINDOW_MS;

  async function findUnanswered({ tenant, fingerprint }: PostAttempt): Promise<JobRecord | undefined> {
    const { records } = await jobs.list(tenant, { limit: LOOK_BACK, order: "desc" });
    for (const record of records) {
      if (record.createdAtMs < oldest() || record.request["retryFingerprint"] !== fingerprint) continue;
      if (answeredAt.has(record.id) || isGivenUp(record)) continue;
      if ((await store.head(receiptKey(tenant, record.id))) === undefined) return record;
    }
    return undefined;
  }

  return {
    async run(post) {
      const key = `${post.tenant} ${post.fingerprint}`;
      if (post.attempt > 0) {
        const first = await inFlight.get(key)?.catch(() => undefined);
        const record = first ?? (await findUnanswered(post));
        if (record) return { record, created: false };
      }
      return { record: await whileInFlight(inFlight, key, post.create()), created: true };
    },
    answered({ tenant, id, request }) {
      if (request["retryFingerprint"] === undefined) return;
      answeredAt.set(id, nowMs());
      forgetOld(answeredAt, oldest());
      const receipt = store
        .put(receiptKey(tenant, id), Buffer.from("answered\n"), { mediaType: "text/plain" })
        .catch((error: unknown) => {
          logger.warn({ jobId: id, reason: errorMessage(error) }, "receipt not stored");
        })
        .finally(() => storing.delete(receipt));
      storing.add(receipt);
    },
    async settled() {
      await Promise.all(storing);
    },
    async sweep() {
      for await (const { key, modifiedAtMs } of store.list(RECEIPTS_PREFIX)) {
        if (modifiedAtMs < oldest()) await store.delete(key);
      }
    },
  };
}

/** Whether a caller who left has cancelled it: a retry would wait for nothing. */
function isGivenUp({ cancelRequested, state }: JobRecord): boolean {
  return cancelRequested || state === "cancelled";
}

async function whileInFlight<T>(table: Map<string, Promise<T>>, key: string, work: Promise<T>): Promise<T> {
  table.set(key, work);
  try {
    return await work;
  } finally {
    // A later request with the same key may have taken the place.
    if (table.get(key) === work) table.delete(key);
  }
}

function receiptKey(tenant: string, id: string): string {
  return `${RECEIPTS_PREFIX}${tenant}/${id}`;
}

/** Entries stand in the order of their times. */
function forgetOld(times: Map<string, number>, beforeMs: number): void {
  for (const [id, time] of times) {
    if (time >= beforeMs) return;
    times.delete(id);
  }
}
