import type { Redis } from "ioredis";
import { CURSOR_TTL_MS } from "../job-backend.ts";
import type { NewJob } from "../job-store.ts";
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

type Script = (...keysAndArguments: (string | number)[]) => Promise<unknown>;
type ScriptedRedis = Record<"kinoraInsert" | "kinoraCommit" | "kinoraRemove" | "kinoraPage", Script>;

/** What the insert script answers. */
export type InsertReply = readonly [kind: string, first?: string | number, second?: string];

/** The Lua scripts as functions. */
export interface RecordScripts {
  insert(draft: Omit<StoredJob, "tags">, job: NewJob): Promise<InsertReply>;
  /** Writes `after` if `before` is still stored. */
  commit(before: StoredJob, after: StoredJob): Promise<boolean>;
  remove(tenant: string, id: string): Promise<boolean>;
  /** Data of a tenant's jobs after the cursor ('': from the start); null for an unknown cursor. */
  page(
    tenant: string,
    page: { after: string; count: number; order: "asc" | "desc" },
  ): Promise<string[] | null>;
}

/** Defines the scripts on the connection. */
export function createRecordScripts(connection: Redis, keys: RedisKeys): RecordScripts {
  const redis = defineScripts(connection);
  return {
    insert: async (draft, job) => {
      const { key, fingerprint, ttlMs } = job.idempotency ?? { key: "", fingerprint: "", ttlMs: 0 };
      const reply = redis.kinoraInsert(
        ...indexKeys(keys, job),
        ttlMs > 0 ? keys.idempotency(job.tenant, key) : keys.job(job.id),
        job.id,
        job.tenant,
        JSON.stringify(draft),
        draft.record.createdAtMs,
        fairShare(job),
        fingerprint,
        ttlMs,
        job.maxUnfinished ?? -1,
        keys.changes,
      );
      return (await withRedisErrors(reply)) as InsertReply;
    },
    commit: async (before, after) => {
      const { tags: _, ...data } = after;
      const { id, tenant, version, state, createdAtMs } = after.record;
      const reply = redis.kinoraCommit(
        ...indexKeys(keys, after.record),
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
    remove: async (tenant, id) => {
      const names = [...indexKeys(keys, { tenant, id }), keys.gone(tenant, id)];
      const reply = redis.kinoraRemove(...names, id, tenant, keys.changes, CURSOR_TTL_MS);
      return (await withRedisErrors(reply)) === 1;
    },
    page: async (tenant, { after, count, order }) => {
      const names = [keys.tenant(tenant), keys.gone(tenant, after)];
      const reply = redis.kinoraPage(...names, after, count, order, keys.job(""));
      return (await withRedisErrors(reply)) as string[] | null;
    },
  };
}

function indexKeys(keys: RedisKeys, { tenant, id }: { tenant: string; id: string }): string[] {
  const { queued, running, ids, unfinished, virtualTime, finishTags, outbox } = keys;
  return [
    keys.job(id),
    keys.tenant(tenant),
    queued,
    running,
    ids,
    unfinished,
    virtualTime,
    finishTags,
    outbox,
  ];
}

function defineScripts(redis: Redis): ScriptedRedis {
  redis.defineCommand("kinoraInsert", { numberOfKeys: INDEX_KEY_COUNT + 1, lua: INSERT_SCRIPT });
  redis.defineCommand("kinoraCommit", { numberOfKeys: INDEX_KEY_COUNT, lua: COMMIT_SCRIPT });
  redis.defineCommand("kinoraRemove", { numberOfKeys: INDEX_KEY_COUNT + 1, lua: REMOVE_SCRIPT });
  redis.defineCommand("kinoraPage", { numberOfKeys: 2, lua: PAGE_SCRIPT });
  // defineCommand adds methods at run time, which no type knows.
  return redis as unknown as ScriptedRedis;
}
