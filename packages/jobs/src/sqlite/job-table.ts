import type { DatabaseSync, SQLOutputValue } from "node:sqlite";
import { AppError } from "@kinora/errors";
import { CURSOR_TTL_MS, type JobCounts } from "../job-backend.ts";
import type { JobPage, JobRecord } from "../job-store.ts";
import type { FairTags, StoredJob } from "../machine/stored-job.ts";

type Row = Record<string, SQLOutputValue>;

/** Statements on the jobs table. Callers hold the transaction where more than one must agree. */
export interface JobTable {
  read(id: string): StoredJob | undefined;
  insert(job: StoredJob): void;
  /** Writes state and data; `leaseUntilMs` only when a lease begins. */
  write(job: StoredJob, leaseUntilMs?: number): void;
  extendLease(id: string, leaseUntilMs: number): void;
  /** Of what is removed only the creation time stays for a while, where pages may begin. */
  remove(tenant: string, id: string, nowMs: number): boolean;
  /** The job to deliver next: one whose lease ran out, else the due one with the smallest tag. */
  nextId(nowMs: number): string | undefined;
  unfinished(tenant: string): number;
  page(tenant: string, options: { after?: string; limit: number; order: "asc" | "desc" }): JobPage;
  /** Up to `limit` records in order of insertion after `seq`. */
  chunk(seq: number, limit: number): { seq: number; record: JobRecord }[];
  count(): JobCounts;
}

/** Prepares the statements. */
export function createJobTable(db: DatabaseSync): JobTable {
  const read = db.prepare("SELECT data, start_tag, finish_tag FROM jobs WHERE id = ?");
  const insert = db.prepare(
    "INSERT INTO jobs (id, tenant, state, created_at_ms, not_before_ms, lease_until_ms, start_tag, finish_tag, data) VALUES (?, ?, ?, ?, ?, 0, ?, ?, ?)",
  );
  const write = db.prepare(
    "UPDATE jobs SET state = ?, not_before_ms = ?, lease_until_ms = coalesce(?, lease_until_ms), data = ? WHERE id = ?",
  );
  const extend = db.prepare("UPDATE jobs SET lease_until_ms = ? WHERE id = ? AND state = 'in_progress'");
  const remove = createRemove(db);
  const expired = db.prepare(
    "SELECT id FROM jobs WHERE state = 'in_progress' AND lease_until_ms <= ? ORDER BY lease_until_ms LIMIT 1",
  );
  const due = db.prepare(
    "SELECT id FROM jobs WHERE state = 'queued' AND not_before_ms <= ? ORDER BY finish_tag, seq LIMIT 1",
  );
  const unfinished = db.prepare(
    "SELECT count(*) AS n FROM jobs WHERE tenant = ? AND state IN ('queued', 'in_progress')",
  );
  const chunk = db.prepare("SELECT seq, data FROM jobs WHERE seq > ? ORDER BY seq LIMIT ?");
  const count = db.prepare(
    "SELECT (SELECT count(*) FROM jobs WHERE state = 'queued') AS queued, (SELECT count(*) FROM jobs WHERE state = 'in_progress') AS running, (SELECT min(created_at_ms) FROM jobs WHERE state = 'queued') AS oldest",
  );
  return {
    read: (id) => parseRow(read.get(id)),
    insert: (job) => {
      const { record, tags } = job;
      const data = formatData(job);
      const { id, tenant, state, createdAtMs } = record;
      insert.run(id, tenant, state, createdAtMs, job.notBeforeMs, tags.start, tags.finish, data);
    },
    write: (job, leaseUntilMs) => {
      write.run(job.record.state, job.notBeforeMs, leaseUntilMs ?? null, formatData(job), job.record.id);
    },
    extendLease: (id, leaseUntilMs) => void extend.run(leaseUntilMs, id),
    remove,
    nextId: (nowMs) => text(expired.get(nowMs)?.["id"]) ?? text(due.get(nowMs)?.["id"]),
    unfinished: (tenant) => Number(unfinished.get(tenant)?.["n"]),
    page: (tenant, options) => readPage(db, tenant, options),
    chunk: (seq, limit) =>
      chunk.all(seq, limit).map((row) => ({ seq: Number(row["seq"]), record: parseRecord(row) })),
    count: () => parseCounts(count.get() ?? {}),
  };
}

function createRemove(db: DatabaseSync): JobTable["remove"] {
  const remember = db.prepare(
    "INSERT OR REPLACE INTO gone SELECT id, tenant, created_at_ms, ? FROM jobs WHERE tenant = ? AND id = ?",
  );
  const forget = db.prepare("DELETE FROM gone WHERE expires_at_ms <= ?");
  const remove = db.prepare("DELETE FROM jobs WHERE tenant = ? AND id = ?");
  return (tenant, id, nowMs) => {
    forget.run(nowMs);
    remember.run(nowMs + CURSOR_TTL_MS, tenant, id);
    return remove.run(tenant, id).changes > 0;
  };
}

function readPage(
  db: DatabaseSync,
  tenant: string,
  { after, limit, order }: { after?: string; limit: number; order: "asc" | "desc" },
): JobPage {
  const from = after === undefined ? "" : `AND (created_at_ms, id) ${order === "asc" ? ">" : "<"} (?, ?)`;
  const rows = db
    .prepare(
      `SELECT data FROM jobs WHERE tenant = ? ${from} ORDER BY created_at_ms ${order}, id ${order} LIMIT ?`,
    )
    .all(tenant, ...(after === undefined ? [] : cursorOf(db, tenant, after)), limit + 1);
  return { records: rows.slice(0, limit).map(parseRecord), hasMore: rows.length > limit };
}

function cursorOf(db: DatabaseSync, tenant: string, after: string): [number, string] {
  const created = (table: "jobs" | "gone") =>
    db.prepare(`SELECT created_at_ms FROM ${table} WHERE tenant = ? AND id = ?`).get(tenant, after);
  const row = created("jobs") ?? created("gone");
  if (row === undefined) {
    throw new AppError("invalid_request", { reason: `after: there is no job ${after}.` }, { param: "after" });
  }
  return [Number(row["created_at_ms"]), after];
}

function formatData(job: StoredJob): string {
  const { tags: _, ...data } = job;
  return JSON.stringify(data);
}

function parseRow(row: Row | undefined): StoredJob | undefined {
  if (row === undefined) return undefined;
  const tags: FairTags = { start: Number(row["start_tag"]), finish: Number(row["finish_tag"]) };
  return { ...(JSON.parse(String(row["data"])) as Omit<StoredJob, "tags">), tags };
}

function parseRecord(row: Row): JobRecord {
  return (JSON.parse(String(row["data"])) as StoredJob).record;
}

function parseCounts(row: Row): JobCounts {
  const { queued, running, oldest } = row;
  const oldestCreatedAtMs = oldest == null ? undefined : Number(oldest);
  return { queued: Number(queued), running: Number(running), oldestCreatedAtMs };
}

function text(value: SQLOutputValue | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}
