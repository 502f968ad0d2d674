import { setTimeout as sleep } from "node:timers/promises";
import { AppError } from "@kinora/errors";
import type { Redis } from "ioredis";
import type { InsertResult } from "../job-backend.ts";
import type { JobPage, JobRecord, NewJob } from "../job-store.ts";
import { fairShare } from "../machine/fair-queue.ts";
import type { StoredJob } from "../machine/stored-job.ts";
import { withRedisErrors } from "./redis-error.ts";
import type { RedisKeys } from "./redis-keys.ts";
import {
  COMMIT_SCRIPT,
  INDEX_KEY_COUNT,
  INSERT_SCRIPT,
  PAGE_SCRIPT,
  REMOVE_SCRIPT,
} from "./redis-scripts.ts";

const SCAN_COUNT = 200;

type Script = (...keysAndArguments: (string | number)[]) => Promise<unknown>;
type ScriptedRedis = Redis & Record<"kinoraInsert" | "kinoraCommit" | "kinoraRemove" | "kinoraPage", Script>;

/** Job records and their indexes in Redis. */
export interface RedisRecords {
  insert(draft: Omit<StoredJob, "tags">, job: NewJob): Promise<InsertResult>;
  read(id: string): Promise<StoredJob | undefined>;
  /** Writes `after` if `before` is still stored. */
  commit(before: StoredJob, after: StoredJob): Promise<boolean>;
  remove(tenant: string, id: string): Promise<boolean>;
  page(tenant: string, options: { after?: string; limit: number; order: "asc" | "desc" }): Promise<JobPage>;
  scan(): AsyncIterable<JobRecord>;
  stats(): Promise<{ queued: number; running: number; oldestCreatedAtMs: number | undefined }>;
}

/** Defines the scripts on the connection. */
export function createRedisRecords(connection: Redis, keys: RedisKeys): RedisRecords {
  const redis = defineScripts(connection);
  const indexKeys = (id: string, tenant: string): string[] => [
    keys.job(id),
    keys.tenant(tenant),
    keys.queued,
    keys.running,
    keys.ids,
    keys.unfinished,
    keys.virtualTime,
    keys.finishTags,
    keys.outbox,
  ];
  const read = async (id: string): Promise<StoredJob | undefined> => {
    const [data, start, finish] = await withRedisErrors(redis.hmget(keys.job(id), "data", "start", "finish"));
    if (data == null) return undefined;
    return { ...parseData(data), tags: { start: Number(start), finish: Number(finish) } };
  };
  return {
    read,
    insert: async (draft, job) => {
      const { record } = draft;
      const { key, fingerprint, ttlMs } = job.idempotency ?? { key: "", fingerprint: "", ttlMs: 0 };
      const reply = await withRedisErrors(
        redis.kinoraInsert(
          ...indexKeys(job.id, job.tenant),
          ttlMs > 0 ? keys.idempotency(job.tenant, key) : keys.job(job.id),
          job.id,
          job.tenant,
          JSON.stringify(draft),
          record.createdAtMs,
          fairShare(job),
          fingerprint,
          ttlMs,
          job.maxUnfinished ?? -1,
          keys.changes,
        ),
      );
      return await insertResult(reply as [string, ...unknown[]], draft, read);
    },
    commit: async (before, after) => {
      const { tags: _, ...data } = after;
      const { id, tenant, version, state, createdAtMs } = after.record;
      const reply = redis.kinoraCommit(
        ...indexKeys(id, tenant),
        id,
        tenant,
        before.record.version,
        JSON.stringify(data),
        version,
        state,
        createdAtMs,
        keys.changes,
      );
      return (await withRedisErrors(reply)) === 1;
    },
    remove: async (tenant, id) =>
      (await withRedisErrors(redis.kinoraRemove(...indexKeys(id, tenant), id, tenant, keys.changes))) === 1,
    page: async (tenant, { after = "", limit, order }) => {
      const reply = redis.kinoraPage(keys.tenant(tenant), after, limit + 1, order, keys.job(""));
      const rows = (await withRedisErrors(reply)) as string[] | null;
      if (rows === null) {
        const reason = `after: there is no job ${after}.`;
        throw new AppError("invalid_request", { reason }, { param: "after" });
      }
      const records = rows.slice(0, limit).map((data) => parseData(data).record);
      return { records, hasMore: rows.length > limit };
    },
    scan: () => scanRecords(redis, keys),
    stats: async () => {
      const queued = redis.zcard(keys.queued);
      const running = redis.zcard(keys.running);
      const oldest = redis.zrange(keys.queued, 0, "0", "WITHSCORES");
      const replies = await withRedisErrors(Promise.all([queued, running, oldest]));
      const score = replies[2][1];
      return {
        queued: replies[0],
        running: replies[1],
        oldestCreatedAtMs: score === undefined ? undefined : Number(score),
      };
    },
  };
}

async function insertResult(
  [kind, first, second]: [string, ...unknown[]],
  draft: Omit<StoredJob, "tags">,
  read: RedisRecords["read"],
): Promise<InsertResult> {
  switch (kind) {
    case "created":
      return { kind, job: { ...draft, tags: { start: Number(first), finish: Number(second) } } };
    case "mismatch":
      return { kind };
    case "full":
      return { kind, unfinished: Number(first) };
    case "repeat": {
      const job = await read(String(first));
      // Deleted between the script and the read: the caller's retry makes a new one.
      if (job === undefined) {
        throw new AppError("unavailable", { what: "The first job of this key", reason: "it was deleted" });
      }
      return { kind, job };
    }
    default:
      throw new Error(`Job ${draft.record.id} was created before (${kind}). This is a bug.`);
  }
}

async function* scanRecords(redis: Redis, keys: RedisKeys): AsyncGenerator<JobRecord, void, undefined> {
  let cursor = "0";
  do {
    const [next, ids] = await withRedisErrors(redis.sscan(keys.ids, cursor, "COUNT", SCAN_COUNT));
    const rows = await withRedisErrors(Promise.all(ids.map((id) => redis.hget(keys.job(id), "data"))));
    for (const data of rows) if (data !== null) yield parseData(data).record;
    cursor = next;
  } while (cursor !== "0");
}

/** Applies `change` by compare-and-set until nobody else wrote in between. */
export async function mutateRecord(
  records: RedisRecords,
  id: string,
  change: (job: StoredJob | undefined) => StoredJob | undefined,
): Promise<{ before: StoredJob | undefined; after: StoredJob | undefined }> {
  for (let tries = 0; tries < MAX_CONFLICTS; tries += 1) {
    const before = await records.read(id);
    const after = change(before);
    if (before === undefined || after === undefined || after === before) return { before, after };
    if (await records.commit(before, after)) return { before, after };
    await sleep(Math.random() * tries);
  }
  throw new AppError("unavailable", { what: `Job ${id}`, reason: "too many writers at once" });
}

const MAX_CONFLICTS = 50;

function parseData(data: string): Omit<StoredJob, "tags"> {
  return JSON.parse(data) as Omit<StoredJob, "tags">;
}

function defineScripts(redis: Redis): ScriptedRedis {
  redis.defineCommand("kinoraInsert", { numberOfKeys: INDEX_KEY_COUNT + 1, lua: INSERT_SCRIPT });
  redis.defineCommand("kinoraCommit", { numberOfKeys: INDEX_KEY_COUNT, lua: COMMIT_SCRIPT });
  redis.defineCommand("kinoraRemove", { numberOfKeys: INDEX_KEY_COUNT, lua: REMOVE_SCRIPT });
  redis.defineCommand("kinoraPage", { numberOfKeys: 1, lua: PAGE_SCRIPT });
  return redis as ScriptedRedis;
}
