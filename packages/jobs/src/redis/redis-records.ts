import { setTimeout as sleep } from "node:timers/promises";
import { AppError } from "@kinora/errors";
import type { Redis } from "ioredis";
import type { InsertResult, JobCounts } from "../job-backend.ts";
import type { JobPage, JobRecord, NewJob } from "../job-store.ts";
import type { StoredJob } from "../machine/stored-job.ts";
import { withRedisErrors } from "./redis-error.ts";
import type { RedisKeys } from "./redis-keys.ts";
import { createRecordScripts, type InsertReply, type RecordScripts } from "./run-scripts.ts";

const SCAN_COUNT = 200;
/** Writers of one job at once beyond which something is wrong. */
const MAX_CONFLICTS = 50;

/** Job records and their indexes in Redis. */
export interface RedisRecords {
  insert(draft: Omit<StoredJob, "tags">, job: NewJob): Promise<InsertResult>;
  read(id: string): Promise<StoredJob | undefined>;
  /** Applies `change` by compare-and-set until nobody else wrote in between. */
  mutate(
    id: string,
    change: (job: StoredJob | undefined) => StoredJob | undefined,
  ): Promise<{ before: StoredJob | undefined; after: StoredJob | undefined }>;
  remove(tenant: string, id: string): Promise<boolean>;
  page(tenant: string, options: { after?: string; limit: number; order: "asc" | "desc" }): Promise<JobPage>;
  scan(): AsyncIterable<JobRecord>;
  count(): Promise<JobCounts>;
}

/** The records on a connection. */
export function createRedisRecords(redis: Redis, keys: RedisKeys): RedisRecords {
  const scripts = createRecordScripts(redis, keys);
  const read: RedisRecords["read"] = async (id) => {
    const fields = redis.hmget(keys.job(id), "data", "start", "finish");
    const [data, start, finish] = await withRedisErrors(fields);
    if (data == null) return undefined;
    return { ...parseData(data), tags: { start: Number(start), finish: Number(finish) } };
  };
  return {
    read,
    insert: async (draft, job) => insertResult(await scripts.insert(draft, job), draft, read),
    mutate: async (id, change) => {
      for (let tries = 0; tries < MAX_CONFLICTS; tries += 1) {
        const before = await read(id);
        const after = change(before);
        if (before === undefined || after === undefined || after === before) return { before, after };
        if (await scripts.commit(before, after)) return { before, after };
        await sleep(Math.random() * tries);
      }
      throw new AppError("unavailable", { what: `Job ${id}`, reason: "too many writers at once" });
    },
    remove: scripts.remove,
    page: (tenant, options) => readPage(scripts, tenant, options),
    scan: () => scanRecords(redis, keys),
    count: async () => {
      const queued = redis.zcard(keys.queued);
      const running = redis.zcard(keys.running);
      const oldest = redis.zrange(keys.queued, 0, "0", "WITHSCORES");
      const replies = await withRedisErrors(Promise.all([queued, running, oldest]));
      const score = replies[2][1];
      const oldestCreatedAtMs = score === undefined ? undefined : Number(score);
      return { queued: replies[0], running: replies[1], oldestCreatedAtMs };
    },
  };
}

async function insertResult(
  [kind, first, second]: InsertReply,
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

async function readPage(
  scripts: RecordScripts,
  tenant: string,
  { after = "", limit, order }: { after?: string; limit: number; order: "asc" | "desc" },
): Promise<JobPage> {
  const rows = await scripts.page(tenant, { after, count: limit + 1, order });
  if (rows === null) {
    throw new AppError("invalid_request", { reason: `after: there is no job ${after}.` }, { param: "after" });
  }
  const records = rows.slice(0, limit).map((data) => parseData(data).record);
  return { records, hasMore: rows.length > limit };
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

function parseData(data: string): Omit<StoredJob, "tags"> {
  return JSON.parse(data) as Omit<StoredJob, "tags">;
}
